#pragma once

#include <string_view>

#include "tierway/base/error.hpp"
#include "tierway/config/snapshot.hpp"

namespace tierway::app {

/// Reads "127.0.0.1:8080" from the command line; only loopback is accepted, because these commands have no keys.
Result<config::Endpoint> read_listen_option(std::string_view text);

}  // namespace tierway::app
