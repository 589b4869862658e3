#pragma once

#include <string>

#include "tierway/gateway/gateway.hpp"

namespace tierway::gateway {

/// What the rate limits of each key that has some allow now, as a JSON array, for `/api/limits`. From any thread.
std::string key_limits_json(const RuntimeHandle& runtime);

}  // namespace tierway::gateway
