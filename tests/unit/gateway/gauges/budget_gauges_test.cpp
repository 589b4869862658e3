#include "tierway/gateway/budget_gauges.hpp"

#include <gtest/gtest.h>

#include "ledger/store_requests.hpp"
#include "tierway/ledger/memory_store.hpp"

namespace tierway::gateway {
namespace {

using ledger::claim;
using ledger::kDay;
using ledger::kNoon;

struct Shown {
    double limit;
    double left;
};

/// Of the soft budget of one team.
Shown shown(telemetry::Metrics& metrics) {
    const prometheus::Labels labels{{"scope", "team"}, {"name", "shop"}, {"window", "day"}, {"kind", "soft"}};
    EXPECT_TRUE(metrics.budget_limit.Has(labels) && metrics.budget_left.Has(labels));
    return {metrics.budget_limit.Add(labels).Value(), metrics.budget_left.Add(labels).Value()};
}

void spend(ledger::Store& store, std::int64_t limit, std::int64_t estimate) {
    store.open(ledger::opening("a." + std::to_string(limit), estimate, {claim("team:shop/day~", limit, false)}),
               [](const ledger::OpeningResult&) {});
}

TEST(BudgetGauges, ShowsWhatAWindowMaySpendAndHasLeft) {
    ledger::MemoryStore store;
    telemetry::Metrics metrics;
    BudgetGauges gauges(store, metrics);
    spend(store, 2'000'000'000, 500'000'000);
    gauges.refresh(kNoon);
    EXPECT_DOUBLE_EQ(shown(metrics).limit, 2.0);
    EXPECT_DOUBLE_EQ(shown(metrics).left, 1.5);
}

TEST(BudgetGauges, ShowsALimitThatWasChanged) {
    ledger::MemoryStore store;
    telemetry::Metrics metrics;
    BudgetGauges gauges(store, metrics);
    spend(store, 2'000'000'000, 500'000'000);
    gauges.refresh(kNoon);
    spend(store, 3'000'000'000, 500'000'000);
    gauges.refresh(kNoon);
    EXPECT_DOUBLE_EQ(shown(metrics).limit, 3.0);
    EXPECT_DOUBLE_EQ(shown(metrics).left, 2.0);
}

TEST(BudgetGauges, ShowsABudgetAsUnspentOnceItsWindowIsOver) {
    ledger::MemoryStore store;
    telemetry::Metrics metrics;
    BudgetGauges gauges(store, metrics);
    spend(store, 2'000'000'000, 500'000'000);
    gauges.refresh(kNoon);
    gauges.refresh(kDay.end);
    EXPECT_DOUBLE_EQ(shown(metrics).limit, 2.0);
    EXPECT_DOUBLE_EQ(shown(metrics).left, 2.0);
}

}  // namespace
}  // namespace tierway::gateway
