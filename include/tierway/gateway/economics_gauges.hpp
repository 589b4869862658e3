#pragma once

#include "tierway/gateway/gateway.hpp"
#include "tierway/telemetry/metrics.hpp"

namespace tierway::gateway {

/// Shows what the classes' cascades cost of late, of those with a judged draft: called before a scrape. From any thread; not twice
/// at once.
void publish_economics(const RuntimeHandle& runtime, telemetry::Metrics& metrics);

}  // namespace tierway::gateway
