#pragma once

#include "tierway/gateway/gateway.hpp"
#include "tierway/telemetry/metrics.hpp"

namespace tierway::gateway {

/// Shows what is known of the classes' quality, of those with a comparison: called before a scrape. From any thread; not twice at
/// once.
void publish_quality(const RuntimeHandle& runtime, telemetry::Metrics& metrics);

}  // namespace tierway::gateway
