#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "ledger/store_requests.hpp"

// What every store promises. A store's test names a class with a default constructor, `Store& store()` and `kMost`, the largest
// amount that the store counts, and instantiates the suite with it: INSTANTIATE_TYPED_TEST_SUITE_P(Memory, StoreContract,
// MemoryHarness).

namespace tierway::ledger {

template <class Harness>
class StoreContract : public testing::Test {
protected:
    using Kind = OpeningResult::Kind;

    static constexpr std::int64_t kMost = Harness::kMost.nano();

    Store& store() { return harness_.store(); }
    void expect(const std::string& scope, std::int64_t settled, std::int64_t reserved, WindowSpan span = kDay) {
        const BudgetState state = state_of(store(), scope, span);
        EXPECT_EQ(state.settled, nano(settled)) << scope;
        EXPECT_EQ(state.reserved, nano(reserved)) << scope;
    }

private:
    Harness harness_;
};

TYPED_TEST_SUITE_P(StoreContract);

TYPED_TEST_P(StoreContract, GrantsWhatFitsAndTellsWhatIsLeft) {
    const OpeningResult result = opened(this->store(), opening("a.1", 30, {claim("key:a/day", 100), claim("total/day", 1'000)}));
    EXPECT_EQ(result.kind, TestFixture::Kind::Granted);
    EXPECT_EQ(result.left, (std::vector{nano(70), nano(970)}));
    this->expect("key:a/day", 0, 30);
    this->expect("total/day", 0, 30);
}

TYPED_TEST_P(StoreContract, ReservesInEveryBudgetOrInNone) {
    const OpeningResult result =
        opened(this->store(), opening("a.1", 30, {claim("key:a/day", 100), claim("team:x/day", 29), claim("total/day", 10)}));
    EXPECT_EQ(result.kind, TestFixture::Kind::OverBudget);
    EXPECT_EQ(result.budget, 1U);
    EXPECT_EQ(result.left, (std::vector{nano(100), nano(29), nano(10)}));
    this->expect("key:a/day", 0, 0);
    this->expect("team:x/day", 0, 0);
    this->expect("total/day", 0, 0);
}

TYPED_TEST_P(StoreContract, GrantsUpToTheLimitAndNotOneNanoDollarMore) {
    EXPECT_EQ(opened(this->store(), opening("a.1", 100, {claim("key:a/day", 100)})).kind, TestFixture::Kind::Granted);
    EXPECT_EQ(opened(this->store(), opening("a.2", 1, {claim("key:a/day", 100)})).kind, TestFixture::Kind::OverBudget);
    EXPECT_EQ(opened(this->store(), opening("a.3", 0, {claim("key:a/day", 100)})).kind, TestFixture::Kind::Granted);
    this->expect("key:a/day", 0, 100);
}

TYPED_TEST_P(StoreContract, SoftBudgetsAreCountedAndRefuseNothing) {
    const OpeningResult result = opened(this->store(), opening("a.1", 150, {claim("key:a/day", 100, false)}));
    EXPECT_EQ(result.kind, TestFixture::Kind::Granted);
    EXPECT_EQ(result.left, (std::vector{nano(-50)}));
    this->expect("key:a/day", 0, 150);
}

TYPED_TEST_P(StoreContract, SettlingGivesBackWhatTheEstimateHadTooMuch) {
    opened(this->store(), opening("a.1", 80, {claim("key:a/day", 100)}));
    settle(this->store(), settlement("a.1", 25));
    this->expect("key:a/day", 25, 0);
    const OpeningResult result = opened(this->store(), opening("a.2", 75, {claim("key:a/day", 100)}));
    EXPECT_EQ(result.kind, TestFixture::Kind::Granted);
    EXPECT_EQ(result.left, (std::vector{nano(0)}));
}

TYPED_TEST_P(StoreContract, ASettlementAboveItsEstimateIsChargedInFull) {
    opened(this->store(), opening("a.1", 80, {claim("key:a/day", 100)}));
    settle(this->store(), settlement("a.1", 130));
    this->expect("key:a/day", 130, 0);
    EXPECT_EQ(opened(this->store(), opening("a.2", 1, {claim("key:a/day", 100)})).kind, TestFixture::Kind::OverBudget);
    EXPECT_EQ(opened(this->store(), opening("a.3", 0, {claim("key:a/day", 100)})).left, (std::vector{nano(-30)}));
}

TYPED_TEST_P(StoreContract, SettlingTwiceChargesOnce) {
    opened(this->store(), opening("a.1", 80, {claim("key:a/day", 100)}));
    this->store().settle({settlement("a.1", 25), settlement("a.1", 25)});
    settle(this->store(), settlement("a.1", 60));
    this->expect("key:a/day", 25, 0);
}

TYPED_TEST_P(StoreContract, SettlingWhatWasNeverOpenedChargesNothing) {
    opened(this->store(), opening("a.1", 10, {claim("key:a/day", 100)}));
    opened(this->store(), opening("a.2", 500, {claim("key:a/day", 100)}));
    this->store().settle({settlement("a.2", 500), settlement("b.1", 5)});
    this->expect("key:a/day", 0, 10);
}

TYPED_TEST_P(StoreContract, OpeningTwiceReservesOnce) {
    opened(this->store(), opening("a.1", 60, {claim("key:a/day", 100)}));
    const OpeningResult again = opened(this->store(), opening("a.1", 60, {claim("key:a/day", 100)}));
    EXPECT_EQ(again.kind, TestFixture::Kind::Granted);
    EXPECT_EQ(again.left, (std::vector{nano(40)}));
    settle(this->store(), settlement("a.1", 50));
    EXPECT_EQ(opened(this->store(), opening("a.1", 60, {claim("key:a/day", 100)})).kind, TestFixture::Kind::Granted);
    this->expect("key:a/day", 50, 0);
}

TYPED_TEST_P(StoreContract, EachWindowIsCountedOnItsOwn) {
    opened(this->store(), opening("a.1", 100, {claim("key:a/day", 100)}, kDay.end - Milliseconds{1}));
    EXPECT_EQ(opened(this->store(), opening("a.2", 100, {claim("key:a/day", 100, true, kNextDay)}, kDay.end)).kind,
              TestFixture::Kind::Granted);
    // Charged where it was reserved, though the next window has begun.
    settle(this->store(), settlement("a.1", 90));
    this->expect("key:a/day", 90, 0);
    this->expect("key:a/day", 0, 100, kNextDay);
}

TYPED_TEST_P(StoreContract, AClockThatIsSetBackFindsItsBudgetsAsTheyWere) {
    opened(this->store(), opening("a.1", 100, {claim("key:a/day", 100)}));
    opened(this->store(), opening("a.2", 100, {claim("key:a/day", 100, true, kNextDay)}, kDay.end));
    EXPECT_EQ(opened(this->store(), opening("a.3", 1, {claim("key:a/day", 100)})).kind, TestFixture::Kind::OverBudget);
}

TYPED_TEST_P(StoreContract, WindowsThatAreOverAreNotShown) {
    opened(this->store(), opening("a.1", 100, {claim("key:a/day", 100)}));
    EXPECT_EQ(this->store().budgets(kDay.end - Milliseconds{1}).size(), 1U);
    EXPECT_TRUE(this->store().budgets(kDay.end).empty());
}

TYPED_TEST_P(StoreContract, ALateOpeningIsChargedOnceWhateverRoomThereIs) {
    AttemptSettlement late = settlement("a.1", 150);
    late.late = opening("a.1", 120, {claim("key:a/day", 100)});
    this->store().settle({late, late});
    settle(this->store(), late);
    settle(this->store(), settlement("a.1", 150));
    this->expect("key:a/day", 150, 0);
}

TYPED_TEST_P(StoreContract, ALateOpeningOfWhatIsOnRecordChangesNothing) {
    opened(this->store(), opening("a.1", 60, {claim("key:a/day", 100)}));
    AttemptSettlement late = settlement("a.1", 50);
    late.late = opening("a.1", 60, {claim("key:a/day", 100)});
    settle(this->store(), late);
    this->expect("key:a/day", 50, 0);
}

TYPED_TEST_P(StoreContract, AmountsBelowZeroMakeNoRoom) {
    EXPECT_EQ(opened(this->store(), opening("a.1", -50, {claim("key:a/day", 100)})).left, (std::vector{nano(100)}));
    opened(this->store(), opening("a.2", 50, {claim("key:a/day", 100)}));
    this->store().settle({settlement("a.1", -30), settlement("a.2", -30)});
    this->expect("key:a/day", 0, 0);
}

TYPED_TEST_P(StoreContract, TheLargestAmountsDoNotWrapAround) {
    // Also where a store counts less: it takes the largest that it can.
    constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();
    constexpr std::int64_t kCounted = TestFixture::kMost;
    opened(this->store(), opening("a.1", kLargest, {claim("key:a/day", kLargest)}));
    this->expect("key:a/day", 0, kCounted);
    settle(this->store(), settlement("a.1", kLargest));
    opened(this->store(), opening("a.2", kLargest, {claim("key:a/day", 1, false)}));
    settle(this->store(), settlement("a.2", kLargest));
    this->expect("key:a/day", kCounted, 0);
}

TYPED_TEST_P(StoreContract, AnAttemptWithoutBudgetsIsGranted) {
    const OpeningResult result = opened(this->store(), opening("a.1", 60, {}));
    EXPECT_EQ(result.kind, TestFixture::Kind::Granted);
    EXPECT_TRUE(result.left.empty());
    settle(this->store(), settlement("a.1", 50));
    EXPECT_TRUE(this->store().flush(kPatience));
}

TYPED_TEST_P(StoreContract, ABudgetThatIsNamedTwiceCountsOnce) {
    opened(this->store(), opening("a.1", 60, {claim("key:a/day", 100), claim("key:a/day", 100)}));
    this->expect("key:a/day", 0, 60);
    opened(this->store(), opening("a.2", 10, {claim("key:a/day", 100), claim("key:a/day", 100)}));
    settle(this->store(), settlement("a.1", 50));
    this->expect("key:a/day", 50, 10);
}

TYPED_TEST_P(StoreContract, AResultMayOpenAndSettle) {
    std::promise<OpeningResult> second;
    this->store().open(opening("a.1", 60, {claim("key:a/day", 100)}), [&](const OpeningResult&) {
        settle(this->store(), settlement("a.1", 20));
        this->store().open(opening("a.2", 80, {claim("key:a/day", 100)}),
                           [&](const OpeningResult& result) { second.set_value(result); });
    });
    std::future<OpeningResult> arrival = second.get_future();
    ASSERT_EQ(arrival.wait_for(kPatience), std::future_status::ready);
    EXPECT_EQ(arrival.get().kind, TestFixture::Kind::Granted);
    this->expect("key:a/day", 20, 80);
}

TYPED_TEST_P(StoreContract, AfterTheEndNothingIsGranted) {
    opened(this->store(), opening("a.1", 60, {claim("key:a/day", 100)}));
    settle(this->store(), settlement("a.1", 20));
    this->store().close();
    EXPECT_EQ(opened(this->store(), opening("a.2", 1, {})).kind, TestFixture::Kind::Unavailable);
    settle(this->store(), settlement("a.1", 20));
    this->store().close();
}

// 8 threads race for two budgets of which the smaller has room for about a third; each settles at once what it got, every second
// time twice, for between nothing and its whole estimate.
TYPED_TEST_P(StoreContract, RacingThreadsNeverExceedTheLimit) {
    constexpr int kThreads = 8;
    constexpr int kAttempts = 250;
    constexpr std::int64_t kLimit = 20'000;
    std::atomic<std::int64_t> granted = 0;
    std::atomic<std::int64_t> results = 0;
    std::atomic<std::int64_t> charged = 0;
    std::atomic<bool> overshot = false;
    std::atomic<bool> over = false;
    std::thread observer([&] {
        while (!over) {
            for (const BudgetState& state : this->store().budgets(kDay.begin)) {
                overshot = overshot || state.settled + state.reserved > state.limit;
            }
            std::this_thread::yield();
        }
    });
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
        threads.emplace_back([&, thread] {
            for (int i = 0; i < kAttempts; ++i) {
                const std::string attempt = std::to_string(thread) + "-" + std::to_string(i);
                const std::int64_t estimate = 20 + (i * 7 + thread) % 41;
                const OpeningResult result = opened(
                    this->store(), opening(attempt, estimate, {claim("key:a/day", kLimit), claim("total/day", 2 * kLimit)}));
                ++results;
                if (result.kind != TestFixture::Kind::Granted) {
                    continue;
                }
                ++granted;
                overshot = overshot || result.left[0] < Usd() || result.left[1] < Usd();
                const std::int64_t cost = estimate * (i % 3) / 2;
                charged += cost;
                settle(this->store(), settlement(attempt, cost));
                if (i % 2 == 0) {
                    settle(this->store(), settlement(attempt, cost));
                }
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    over = true;
    observer.join();
    EXPECT_FALSE(overshot);
    EXPECT_EQ(results, kThreads * kAttempts);
    EXPECT_GT(granted, 300);
    EXPECT_LT(granted, kThreads * kAttempts);
    this->expect("key:a/day", charged, 0);
    this->expect("total/day", charged, 0);
}

REGISTER_TYPED_TEST_SUITE_P(StoreContract, GrantsWhatFitsAndTellsWhatIsLeft, ReservesInEveryBudgetOrInNone,
                            GrantsUpToTheLimitAndNotOneNanoDollarMore, SoftBudgetsAreCountedAndRefuseNothing,
                            SettlingGivesBackWhatTheEstimateHadTooMuch, ASettlementAboveItsEstimateIsChargedInFull,
                            SettlingTwiceChargesOnce, SettlingWhatWasNeverOpenedChargesNothing, OpeningTwiceReservesOnce,
                            EachWindowIsCountedOnItsOwn, AClockThatIsSetBackFindsItsBudgetsAsTheyWere,
                            WindowsThatAreOverAreNotShown, ALateOpeningIsChargedOnceWhateverRoomThereIs,
                            ALateOpeningOfWhatIsOnRecordChangesNothing, AmountsBelowZeroMakeNoRoom,
                            TheLargestAmountsDoNotWrapAround, AnAttemptWithoutBudgetsIsGranted, ABudgetThatIsNamedTwiceCountsOnce,
                            AResultMayOpenAndSettle, AfterTheEndNothingIsGranted, RacingThreadsNeverExceedTheLimit);

}  // namespace tierway::ledger
