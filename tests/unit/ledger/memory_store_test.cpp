#include "tierway/ledger/memory_store.hpp"

#include <gtest/gtest.h>

#include "ledger/store_contract.hpp"

namespace tierway::ledger {
namespace {

class MemoryHarness {
public:
    static constexpr Usd kMost = kMostOf64Bits;

    Store& store() { return store_; }

private:
    MemoryStore store_;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, StoreContract, MemoryHarness);

TEST(MemoryStore, DropsWindowsThatHaveBeenOverForADay) {
    MemoryStore store;
    opened(store, opening("a.1", 10, {claim("key:a/day", 100)}));
    opened(store, opening("a.2", 10, {claim("key:b/day", 100)}, kDay.end + MemoryStore::kKeptAfterEnd));
    const std::vector<BudgetState> left = store.budgets(kDay.begin);
    ASSERT_EQ(left.size(), 1U);
    EXPECT_EQ(left[0].scope, "key:b/day");
    // Its budget is gone; the attempt ends all the same.
    settle(store, settlement("a.1", 10));
    EXPECT_EQ(store.budgets(kDay.begin).size(), 1U);
}

TEST(MemoryStore, RemembersTheLastSettledAttempts) {
    MemoryStore store;
    for (std::size_t i = 0; i <= MemoryStore::kSettledKept; ++i) {
        AttemptSettlement late = settlement(std::to_string(i), 1);
        late.late = opening(late.attempt, 1, {claim("key:a/day", 100)});
        settle(store, late);
        settle(store, std::move(late));
    }
    EXPECT_EQ(state_of(store, "key:a/day").settled, nano(MemoryStore::kSettledKept + 1));
}

}  // namespace
}  // namespace tierway::ledger
