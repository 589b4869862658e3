#pragma once

#include <string>

#include "tierway/gateway/gateway.hpp"
#include "tierway/telemetry/metrics.hpp"

namespace tierway::gateway {

/// Sets the gauges of the models' health (breaker state, attempts under way) to what they are now: called before a scrape, so
/// that requests need not. From any thread; not twice at once.
void publish_model_health(const RuntimeHandle& runtime, telemetry::Metrics& metrics);

/// The health of every model as a JSON array, for `/api/models`: its tiers, breaker state and for how long, failures in a row,
/// how long it still rests, and the attempts under way. From any thread.
std::string model_health_json(const RuntimeHandle& runtime);

}  // namespace tierway::gateway
