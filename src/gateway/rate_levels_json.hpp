#pragma once

#include "tierway/base/json_object_writer.hpp"
#include "tierway/base/rate_limits.hpp"

namespace tierway::gateway {

/// Adds what limits allow and have left, for the admin plane; what is not limited is left out.
void write_rate_levels(JsonObjectWriter& object, const RateLevels& levels);

}  // namespace tierway::gateway
