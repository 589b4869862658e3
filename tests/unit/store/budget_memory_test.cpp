#include "store/budget_memory.hpp"

#include <gtest/gtest.h>

#include "ledger/store_contract.hpp"

namespace tierway::store {
namespace {

using namespace ledger;
using namespace std::chrono_literals;

const SteadyTime kStart{1h};

/// A replica that spends in one hard budget of 1,000, of which it wishes a tenth, and in a soft one.
class BudgetMemoryTest : public testing::Test {
protected:
    BudgetMemoryTest() {
        budgets = memory.meet(opening("a.1", 10, {claim("key:a/day", 1'000), claim("total/day~", 5'000, false)}), kStart);
    }
    ServerBudget told(std::int64_t settled, std::int64_t reserved, std::int64_t version, std::int64_t others = 0) {
        ServerBudget budget;
        budget.name = budgets[0].name;
        budget.settled = nano(settled);
        budget.reserved = nano(reserved);
        budget.others = nano(others);
        budget.version = version;
        return budget;
    }
    /// Wishes, and is granted all of it. \returns how much was wished; empty when nothing was.
    std::optional<Usd> wish() {
        const auto wishes = memory.wishes(kNoon, kStart);
        if (wishes.empty()) {
            return std::nullopt;
        }
        memory.hold(wishes[0].name, wishes[0].amount, memory.generation());
        return wishes[0].amount;
    }

    BudgetMemory memory{"mine", 0.1};
    std::vector<AttemptBudget> budgets;
};

TEST_F(BudgetMemoryTest, NamesABudgetAfterItsScopeAndTheBeginningOfItsWindow) {
    EXPECT_EQ(budget_name("key:a/day", WallTime(1'500ms)), "key:a/day|1500");
}

TEST_F(BudgetMemoryTest, ShowsWhatTheServerToldLastWhateverOrderAnswersComeIn) {
    memory.learn(told(200, 30, 7));
    memory.learn(told(100, 60, 6));
    const auto states = memory.states(kNoon);
    ASSERT_EQ(states.size(), 1U);
    EXPECT_EQ(states[0].settled, nano(200));
    EXPECT_EQ(states[0].reserved, nano(30));
    EXPECT_TRUE(memory.states(kDay.end).empty());
    // With a new epoch the server counts its changes anew.
    memory.begin_epoch();
    memory.learn(told(150, 0, 1));
    EXPECT_EQ(memory.states(kNoon)[0].settled, nano(150));
}

TEST_F(BudgetMemoryTest, RemembersTheLargestThatEachRecordWasSeenToHaveCharged) {
    ServerBudget budget = told(0, 0, 1);
    budget.own = nano(50);
    budget.shares = {{"other", nano(70)}};
    memory.learn(budget);
    budget.own = nano(40);
    budget.shares = {{"other", nano(60)}, {"third", nano(5)}};
    memory.learn(budget);
    const auto shares = memory.shares();
    ASSERT_EQ(shares.size(), 1U);
    EXPECT_EQ(shares[0].second, (std::map<std::string, Usd>{{"mine", nano(50)}, {"other", nano(70)}, {"third", nano(5)}}));
}

TEST_F(BudgetMemoryTest, WishesAShareOfWhatIsLeftOfHardBudgets) {
    EXPECT_FALSE(wish()) << "the server has not said how it stands";
    memory.learn(told(200, 100, 1, 50));
    EXPECT_EQ(wish(), nano(65));
    EXPECT_FALSE(wish()) << "it is as wished";
    EXPECT_EQ(memory.slices_held(), nano(65));
}

TEST_F(BudgetMemoryTest, ASliceThatShrinksIsNotSpentWhileTheServerIsTold) {
    memory.learn(told(200, 100, 1));
    EXPECT_EQ(wish(), nano(70));
    memory.learn(told(600, 100, 2));
    ASSERT_EQ(memory.wishes(kNoon, kStart).size(), 1U);
    EXPECT_EQ(memory.slices_held(), nano(30));
    EXPECT_FALSE(memory.spend(budgets, nano(31)));
}

TEST_F(BudgetMemoryTest, ASliceThatGrowsIsSpentOnlyWhenTheServerAgreed) {
    memory.learn(told(600, 100, 1));
    EXPECT_EQ(wish(), nano(30));
    memory.learn(told(200, 100, 2));
    const auto wishes = memory.wishes(kNoon, kStart);
    ASSERT_EQ(wishes.size(), 1U);
    EXPECT_EQ(wishes[0].amount, nano(70));
    EXPECT_FALSE(memory.spend(budgets, nano(31)));
    memory.hold(wishes[0].name, nano(50), memory.generation());
    EXPECT_TRUE(memory.spend(budgets, nano(50)));
}

TEST_F(BudgetMemoryTest, SpendsASliceToItsEndAndNoFurther) {
    memory.learn(told(0, 0, 1));
    EXPECT_EQ(wish(), nano(100));
    EXPECT_TRUE(memory.spend(budgets, nano(60)));
    EXPECT_FALSE(memory.spend(budgets, nano(41)));
    EXPECT_TRUE(memory.spend(budgets, nano(40)));
    EXPECT_EQ(memory.slices_spent(), nano(100));
    // The server counts the first itself now: it is neither spent nor held back any more.
    memory.account(budgets, nano(60));
    EXPECT_EQ(memory.slices_spent(), nano(40));
    EXPECT_EQ(memory.slices_held(), nano(40));
}

TEST_F(BudgetMemoryTest, PaysOutOfEverySliceOrOfNone) {
    const auto both = memory.meet(opening("a.2", 10, {claim("key:a/day", 1'000), claim("team:x/day", 100)}), kStart);
    memory.learn(told(0, 0, 1));
    EXPECT_EQ(wish(), nano(100));
    EXPECT_FALSE(memory.spend(both, nano(10))) << "the team's budget has no slice";
    EXPECT_EQ(memory.slices_spent(), nano(0));
}

TEST_F(BudgetMemoryTest, WhatIsGivenUpIsNotTakenBackByAnOlderAnswer) {
    memory.learn(told(0, 0, 1));
    const auto wishes = memory.wishes(kNoon, kStart);
    const unsigned generation = memory.generation();
    EXPECT_TRUE(memory.give_up(budgets));
    memory.hold(wishes[0].name, wishes[0].amount, generation);
    EXPECT_FALSE(memory.spend(budgets, nano(1)));
}

TEST_F(BudgetMemoryTest, WhatIsSpentIsNotGivenUp) {
    memory.learn(told(0, 0, 1));
    EXPECT_EQ(wish(), nano(100));
    EXPECT_TRUE(memory.spend(budgets, nano(1)));
    EXPECT_FALSE(memory.give_up(budgets));
    memory.lose_slices();
    EXPECT_FALSE(memory.spend(budgets, nano(1)));
    EXPECT_EQ(memory.slices_held(), nano(1));
}

TEST_F(BudgetMemoryTest, BudgetsThatNobodySpendsInGiveTheirSlicesBack) {
    memory.learn(told(0, 0, 1));
    EXPECT_EQ(wish(), nano(100));
    const auto wishes = memory.wishes(kNoon, kStart + BudgetMemory::kActive);
    ASSERT_EQ(wishes.size(), 1U);
    EXPECT_EQ(wishes[0].amount, nano(0));
}

TEST_F(BudgetMemoryTest, ForgetsWindowsADayAfterTheirEnd) {
    memory.learn(told(10, 0, 1));
    memory.drop_old(kDay.end + 23h);
    EXPECT_FALSE(memory.shares().empty());
    memory.drop_old(kDay.end + 24h);
    EXPECT_TRUE(memory.shares().empty());
}

}  // namespace
}  // namespace tierway::store
