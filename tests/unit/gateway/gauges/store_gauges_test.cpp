#include "tierway/gateway/store_gauges.hpp"

#include <gtest/gtest.h>

namespace tierway::gateway {
namespace {

/// A store that fares as a test says and keeps nothing.
class StoreThatFares final : public ledger::Store {
public:
    void open(ledger::AttemptOpening, std::function<void(const ledger::OpeningResult&)>) override {}
    void settle(std::vector<ledger::AttemptSettlement>) override {}
    [[nodiscard]] std::vector<ledger::BudgetState> budgets(WallTime) const override { return {}; }
    [[nodiscard]] ledger::StoreState state() const override { return fares; }
    bool flush(Milliseconds) override { return true; }
    void close() override {}

    ledger::StoreState fares;
};

TEST(StoreGauges, CountsEventsAsTheStoreDoesHoweverOftenItIsLookedAt) {
    StoreThatFares store;
    telemetry::Metrics metrics;
    const auto dropped = [&] { return metrics.store_events.Add({{"event", "settlement_dropped"}}).Value(); };
    publish_store_state(store, metrics);
    EXPECT_EQ(dropped(), 0.0);
    store.fares.settlements_dropped = 3;
    publish_store_state(store, metrics);
    publish_store_state(store, metrics);
    EXPECT_EQ(dropped(), 3.0);
    store.fares.settlements_dropped = 5;
    publish_store_state(store, metrics);
    EXPECT_EQ(dropped(), 5.0);
}

TEST(StoreGauges, ShowsEveryEventFromZero) {
    telemetry::Metrics metrics;
    publish_store_state(StoreThatFares(), metrics);
    for (const char* event : {"settlement_dropped", "crashed_attempt", "connection", "rebuild"}) {
        EXPECT_TRUE(metrics.store_events.Has({{"event", event}})) << event;
    }
}

}  // namespace
}  // namespace tierway::gateway
