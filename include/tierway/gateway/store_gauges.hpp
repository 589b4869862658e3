#pragma once

#include "tierway/ledger/store.hpp"
#include "tierway/telemetry/metrics.hpp"

namespace tierway::gateway {

/// Shows how the store of spending fares: called before a scrape.
void publish_store_state(const ledger::Store& store, telemetry::Metrics& metrics);

}  // namespace tierway::gateway
