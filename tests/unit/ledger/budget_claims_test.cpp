#include "tierway/ledger/budget_claims.hpp"

#include <gtest/gtest.h>

namespace tierway::ledger {
namespace {

using config::Budget;
using config::BudgetScope;

// 2026-11-25 20:30:00 UTC.
constexpr WallTime kNow{std::chrono::seconds(1'795'638'600)};
constexpr Spender kSpender{"agent", "search", "chat"};

Budget budget(BudgetScope scope, std::int64_t dollars, Window window = Window::Day, std::string name = {}, bool hard = true) {
    Budget made;
    made.scope = scope;
    made.name = std::move(name);
    made.limit = Usd::from_nano(dollars * 1'000'000'000);
    made.window = window;
    made.hard = hard;
    return made;
}

std::vector<std::string> counters(const std::vector<Budget>& budgets, const Spender& spender = kSpender) {
    std::vector<std::string> names;
    for (const BudgetClaim& claim : claims_of(budgets, spender, kNow)) {
        names.push_back(claim.scope + "=" + claim.limit.to_string());
    }
    return names;
}

TEST(BudgetClaims, CountEveryScopeThatTheSpenderIsIn) {
    EXPECT_EQ(
        counters({budget(BudgetScope::Total, 4, Window::Month), budget(BudgetScope::Key, 1, Window::Hour),
                  budget(BudgetScope::Team, 2), budget(BudgetScope::Class, 3)}),
        (std::vector<std::string>{"total:all/month=4.0", "key:agent/hour=1.0", "team:search/day=2.0", "class:chat/day=3.0"}));
}

TEST(BudgetClaims, DoNotConcernOthers) {
    EXPECT_EQ(counters({budget(BudgetScope::Key, 1, Window::Day, "other"), budget(BudgetScope::Class, 1, Window::Day, "code")}),
              std::vector<std::string>{});
    EXPECT_EQ(counters({budget(BudgetScope::Team, 1)}, {"agent", "", "chat"}), std::vector<std::string>{}) << "of no team";
}

TEST(BudgetClaims, ANamedBudgetTakesThePlaceOfTheNamelessOneOfItsKind) {
    const std::vector<Budget> budgets{budget(BudgetScope::Key, 20), budget(BudgetScope::Key, 100, Window::Day, "agent"),
                                      budget(BudgetScope::Key, 5, Window::Hour)};
    EXPECT_EQ(counters(budgets), (std::vector<std::string>{"key:agent/day=100.0", "key:agent/hour=5.0"}))
        << "another window is another budget";
    EXPECT_EQ(counters(budgets, {"other", "", "chat"}), (std::vector<std::string>{"key:other/day=20.0", "key:other/hour=5.0"}));
}

TEST(BudgetClaims, SoftAndHardOnesAreCountedApart) {
    const auto claims =
        claims_of({budget(BudgetScope::Key, 15, Window::Day, "", false), budget(BudgetScope::Key, 20)}, kSpender, kNow);
    ASSERT_EQ(claims.size(), 2U);
    EXPECT_FALSE(claims[0].hard);
    EXPECT_TRUE(claims[1].hard);
    EXPECT_NE(claims[0].scope, claims[1].scope);
}

TEST(BudgetClaims, AWindowFollowsTheBudgetsZone) {
    Budget berlin = budget(BudgetScope::Total, 1);
    berlin.zone = *TimeZone::find("Europe/Berlin");
    const auto claims = claims_of({budget(BudgetScope::Total, 1), berlin}, kSpender, kNow);
    ASSERT_EQ(claims.size(), 2U);
    EXPECT_NE(claims[0].scope, claims[1].scope);
    EXPECT_EQ(claims[0].span.end - claims[1].span.end, std::chrono::hours(1));
    EXPECT_EQ(claims[0].span.end - kNow, std::chrono::minutes(210));
}

TEST(BudgetClaims, ANameTellsItsParts) {
    const CounterName name = read_counter_name("key:agent/day@Europe/Berlin~");
    EXPECT_EQ(name.scope, "key");
    EXPECT_EQ(name.name, "agent");
    EXPECT_EQ(name.window, "day@Europe/Berlin");
    EXPECT_FALSE(name.hard);
    EXPECT_TRUE(read_counter_name("total:all/month").hard);
    EXPECT_EQ(read_counter_name("other").scope, "other");
    EXPECT_EQ(read_counter_name("a:b").name, "b");
}

TEST(BudgetClaims, AChangedLimitKeepsItsCounter) {
    EXPECT_EQ(claims_of({budget(BudgetScope::Key, 1)}, kSpender, kNow)[0].scope,
              claims_of({budget(BudgetScope::Key, 9)}, kSpender, kNow)[0].scope);
}

}  // namespace
}  // namespace tierway::ledger
