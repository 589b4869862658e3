#include "tierway/gateway/store_gauges.hpp"

namespace tierway::gateway {
namespace {

/// Brings a counter to what the store has counted since the start.
void follow(telemetry::Metrics& metrics, const char* event, std::uint64_t count) {
    prometheus::Counter& counter = metrics.store_events.Add({{"event", event}});
    counter.Increment(static_cast<double>(count) - counter.Value());
}

}  // namespace

void publish_store_state(const ledger::Store& store, telemetry::Metrics& metrics) {
    const ledger::StoreState state = store.state();
    metrics.store_available.Add({}).Set(state.available ? 1 : 0);
    metrics.store_settlements_waiting.Add({}).Set(static_cast<double>(state.settlements_waiting));
    follow(metrics, "settlement_dropped", state.settlements_dropped);
    follow(metrics, "crashed_attempt", state.crashed);
    follow(metrics, "connection", state.connections);
    follow(metrics, "rebuild", state.rebuilds);
    metrics.store_slices.Add({{"part", "held"}}).Set(state.slices.to_double());
    metrics.store_slices.Add({{"part", "spent"}}).Set(state.slices_spent.to_double());
}

}  // namespace tierway::gateway
