#include "tierway/ledger/recording_store.hpp"

#include <gtest/gtest.h>

#include "ledger/store_contract.hpp"
#include "tierway/ledger/memory_store.hpp"

namespace tierway::ledger {
namespace {

using Kind = OpeningResult::Kind;

class RecordingHarness {
public:
    static constexpr Usd kMost = kMostOf64Bits;

    Store& store() { return store_; }

private:
    MemoryStore counters_;
    MemoryStore record_;
    RecordingStore store_{counters_, record_};
};

struct Fixture {
    MemoryStore counters;
    MemoryStore record;
    RecordingStore store{counters, record};
};

TEST(RecordingStore, TheRecordCountsItsOwnSpendingAndRefusesNothing) {
    Fixture fixture;
    // Another replica spends of the same budget.
    opened(fixture.counters, opening("other.1", 60, {claim("key:a/day", 100)}));
    EXPECT_EQ(opened(fixture.store, opening("a.1", 60, {claim("key:a/day", 100)})).kind, Kind::OverBudget);
    EXPECT_EQ(state_of(fixture.record, "key:a/day").reserved, nano(0));
    EXPECT_EQ(opened(fixture.store, opening("a.2", 40, {claim("key:a/day", 100)})).left, std::vector{nano(0)});
    settle(fixture.store, settlement("a.2", 150));
    EXPECT_EQ(state_of(fixture.record, "key:a/day").settled, nano(150));
    EXPECT_EQ(state_of(fixture.counters, "key:a/day").settled, nano(150));
    EXPECT_EQ(state_of(fixture.counters, "key:a/day").reserved, nano(60));
}

TEST(RecordingStore, WhatCannotBeRecordedIsNotGrantedAndGivesItsReservationBack) {
    Fixture fixture;
    fixture.record.close();
    EXPECT_EQ(opened(fixture.store, opening("a.1", 60, {claim("key:a/day", 100)})).kind, Kind::Unavailable);
    const BudgetState state = state_of(fixture.counters, "key:a/day");
    EXPECT_EQ(state.reserved, nano(0));
    EXPECT_EQ(state.settled, nano(0));
}

INSTANTIATE_TYPED_TEST_SUITE_P(Recording, StoreContract, RecordingHarness);

}  // namespace
}  // namespace tierway::ledger
