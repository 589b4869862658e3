#include "tierway/gateway/store_gauges.hpp"

namespace tierway::gateway {

void publish_store_state(const ledger::Store& store, telemetry::Metrics& metrics) {
    const ledger::StoreState state = store.state();
    metrics.store_available.Add({}).Set(state.available ? 1 : 0);
    metrics.store_settlements_waiting.Add({}).Set(static_cast<double>(state.settlements_waiting));
    metrics.store_events.Add({{"event", "settlement_dropped"}}).Set(static_cast<double>(state.settlements_dropped));
    metrics.store_events.Add({{"event", "crashed_attempt"}}).Set(static_cast<double>(state.crashed));
    metrics.store_events.Add({{"event", "connection"}}).Set(static_cast<double>(state.connections));
    metrics.store_events.Add({{"event", "rebuild"}}).Set(static_cast<double>(state.rebuilds));
    metrics.store_slices.Add({{"part", "held"}}).Set(state.slices.to_double());
    metrics.store_slices.Add({{"part", "spent"}}).Set(state.slices_spent.to_double());
}

}  // namespace tierway::gateway
