#pragma once

#include <string_view>

#include "config/scalars.hpp"
#include "tierway/config/redis_settings.hpp"

namespace tierway::config {

/// "redis://host:6379/0", or "rediss://…" for TLS: a host, an optional port and an optional database. Refused are user information,
/// query and fragment, and hosts that a provider may not have either. The problem never repeats the whole URL, which may hold a
/// password. The rest of the settings has its defaults.
Parsed<RedisSettings> parse_redis_url(std::string_view text);

}  // namespace tierway::config
