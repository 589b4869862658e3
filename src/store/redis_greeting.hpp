#pragma once

#include <string_view>

#include "tierway/base/time.hpp"
#include "tierway/store/redis_client.hpp"

namespace tierway::store {

/// Reads the text that INFO answers. Pure.
RedisGreeting read_redis_info(std::string_view info);

/// The pause before the next attempt to connect: doubles with each failure, up to a bound, and is drawn from its upper half, so
/// that many clients do not come back at once. Pure. \param failures in a row, 1 or more. \param draw in 0..1.
Milliseconds reconnect_pause(unsigned failures, double draw) noexcept;

}  // namespace tierway::store
