#pragma once

#include <string_view>

#include "config/scalars.hpp"
#include "tierway/config/snapshot.hpp"

namespace tierway::config {

/// "127.0.0.1:8080", "[::1]:8080" or "localhost:8080" (which is 127.0.0.1); port 0 is allowed.
Parsed<Endpoint> parse_endpoint(std::string_view text);

/// An http or https URL of a host, an optional port and an optional path. Refused are user information, query and fragment,
/// unusual spellings of IPv4 addresses, and the addresses behind which clouds keep their credentials (169.254.0.0/16, fe80::/10).
/// The problem never repeats the whole URL, which may hold a password.
Parsed<BaseUrl> parse_base_url(std::string_view text);

/// Whether a numeric address is in 127.0.0.0/8 or is ::1.
bool is_loopback(std::string_view address);
/// Whether what is sent to that host stays on this machine: a loopback address or `localhost`.
bool is_local_host(std::string_view host);

}  // namespace tierway::config
