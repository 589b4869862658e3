#include "tierway/ledger/budget_counter.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace tierway::ledger {
namespace {

using Kind = OpeningResult::Kind;

constexpr Usd kMost = Usd::from_nano(std::numeric_limits<std::int64_t>::max());

struct Budget {
    std::int64_t limit;
    std::int64_t settled;
    std::int64_t reserved;
    bool hard = true;
};

OpeningResult judged(std::int64_t estimate, const std::vector<Budget>& budgets) {
    AttemptOpening opening;
    opening.estimate = Usd::from_nano(estimate);
    std::vector<BudgetCounter> counters;
    for (const Budget& budget : budgets) {
        opening.budgets.push_back({.scope = "", .span = {}, .limit = Usd::from_nano(budget.limit), .hard = budget.hard});
        counters.push_back({Usd::from_nano(budget.settled), Usd::from_nano(budget.reserved)});
    }
    return judge(opening, counters);
}

TEST(Judge, GrantsUpToTheLimitAndNotOneNanoDollarMore) {
    EXPECT_EQ(judged(50, {{100, 30, 20}}).kind, Kind::Granted);
    EXPECT_EQ(judged(51, {{100, 30, 20}}).kind, Kind::OverBudget);
}

TEST(Judge, NamesTheFirstHardBudgetWithoutRoom) {
    const OpeningResult result = judged(10, {{100, 0, 0}, {5, 0, 0, false}, {9, 0, 0}, {9, 0, 0}});
    EXPECT_EQ(result.kind, Kind::OverBudget);
    EXPECT_EQ(result.budget, 2U);
}

TEST(Judge, TellsWhatIsLeftAfterwards) {
    EXPECT_EQ(judged(10, {{100, 30, 20}, {50, 45, 0, false}}).left, (std::vector{Usd::from_nano(40), Usd::from_nano(-5)}));
    EXPECT_EQ(judged(60, {{100, 30, 20}, {70, 0, 0}}).left, (std::vector{Usd::from_nano(50), Usd::from_nano(70)}));
}

TEST(Judge, WhatCostsNothingAlwaysHasRoom) {
    EXPECT_EQ(judged(0, {{100, 500, 20}}).kind, Kind::Granted);
    EXPECT_EQ(judged(0, {{0, 0, 0}}).kind, Kind::Granted);
    EXPECT_EQ(judged(1, {{0, 0, 0}}).kind, Kind::OverBudget);
}

TEST(Judge, WithoutBudgetsEverythingIsGranted) {
    EXPECT_EQ(judged(std::numeric_limits<std::int64_t>::max(), {}).kind, Kind::Granted);
}

TEST(Judge, AnEstimateBelowZeroMakesNoRoom) {
    const OpeningResult result = judged(-40, {{100, 30, 20}});
    EXPECT_EQ(result.kind, Kind::Granted);
    EXPECT_EQ(result.left, (std::vector{Usd::from_nano(50)}));
}

TEST(Judge, TheLargestAmountsDoNotWrapAround) {
    EXPECT_EQ(judged(kMost.nano(), {{kMost.nano(), 1, 0}}).kind, Kind::OverBudget);
    EXPECT_EQ(judged(1, {{100, kMost.nano(), kMost.nano()}}).kind, Kind::OverBudget);
    EXPECT_EQ(judged(kMost.nano(), {{kMost.nano(), 0, 0}}).kind, Kind::Granted);
}

TEST(BudgetCounter, SettlingExchangesTheEstimateForTheCost) {
    BudgetCounter counter{Usd::from_nano(5), Usd::from_nano(0)};
    counter.reserve(Usd::from_nano(20));
    counter.settle(Usd::from_nano(20), Usd::from_nano(30));
    EXPECT_EQ(counter.settled, Usd::from_nano(35));
    EXPECT_EQ(counter.reserved, Usd());
}

}  // namespace
}  // namespace tierway::ledger
