#include <gtest/gtest.h>

#include <future>

#include "store/redis_fixture.hpp"
#include "tierway/store/redis_store.hpp"

// What becomes of money while the shared server stalls, dies, or forgets. Each test has a server of its own to do that to.

namespace tierway::store {
namespace {

using namespace ledger;
using namespace std::chrono_literals;
using Kind = OpeningResult::Kind;

class RedisOutageTest : public testing::Test {
protected:
    static RedisStoreSettings hurried(double slice = 0.1) {
        RedisStoreSettings settings = patient("{outage}:");
        settings.open_timeout = 300ms;
        settings.slice = slice;
        return settings;
    }
    /// A replica that spent something, so that the server holds money back for it.
    std::unique_ptr<RedisStore> spending(const std::string& name, std::int64_t slice) {
        auto store = std::make_unique<RedisStore>(server.server(), hurried());
        EXPECT_TRUE(becomes_available(*store));
        EXPECT_EQ(opened(*store, opening(name + ".0", 1, {budget})).kind, Kind::Granted);
        settle(*store, settlement(name + ".0", 0));
        EXPECT_TRUE(eventually([&] { return store->state().slices == nano(slice); })) << store->state().slices.nano();
        return store;
    }

    RedisProcess server;
    BudgetClaim budget = claim("key:a/day", 1'000);
};

TEST_F(RedisOutageTest, WithoutAServerASliceIsSpentToItsEndAndThenNothing) {
    const auto store = spending("a", 100);
    opened(*store, opening("a.1", 1, {budget}));
    server.kill();
    ASSERT_TRUE(becomes_available(*store, false));
    EXPECT_EQ(opened(*store, opening("a.2", 60, {budget})).kind, Kind::Granted);
    EXPECT_EQ(opened(*store, opening("a.3", 60, {budget})).kind, Kind::Unavailable);
    EXPECT_EQ(opened(*store, opening("a.4", 60, {claim("team:x/day", 1'000)})).kind, Kind::Unavailable);
    EXPECT_EQ(opened(*store, opening("a.5", 0, {})).kind, Kind::Granted);
    EXPECT_EQ(opened(*store, opening("a.6", 60, {claim("key:a/day~", 10, false)})).kind, Kind::Granted);
    settle(*store, settlement("a.1", 1));
    settle(*store, settlement("a.6", 70));
    EXPECT_EQ(store->state().settlements_waiting, 2U);
    // Empty, and told again.
    server.start();
    ASSERT_TRUE(becomes_available(*store));
    settle(*store, settlement("a.2", 50));
    EXPECT_EQ(state_of(*store, "key:a/day").settled, nano(51));
    EXPECT_EQ(state_of(*store, "key:a/day").reserved, nano(0));
    EXPECT_EQ(state_of(*store, "key:a/day~").settled, nano(70));
    EXPECT_EQ(store->state().slices_spent, nano(0));
    EXPECT_EQ(store->state().rebuilds, 1U);
}

TEST_F(RedisOutageTest, SlicesAreHeldBackFromOthersSoThatNobodyOverspends) {
    const auto first = spending("a", 100);
    const auto second = spending("b", 90);
    // Slices of budgets that nobody spends in stay as they are.
    std::this_thread::sleep_for(2'500ms);
    const std::int64_t free = 1'000 - first->state().slices.nano();
    // All that is not held back for the other one; its own slice is no obstacle.
    EXPECT_EQ(opened(*second, opening("b.1", free + 1, {budget})).kind, Kind::OverBudget);
    EXPECT_EQ(opened(*second, opening("b.2", free, {budget})).kind, Kind::Granted);
    server.stop();
    ASSERT_TRUE(becomes_available(*first, false) && becomes_available(*second, false));
    // It may have been told meanwhile how little there is left.
    const Usd held = first->state().slices;
    EXPECT_GE(held, nano(9));
    EXPECT_LE(nano(free) + held, budget.limit);
    EXPECT_EQ(opened(*first, opening("a.1", held.nano(), {budget})).kind, Kind::Granted);
    EXPECT_EQ(opened(*first, opening("a.2", 1, {budget})).kind, Kind::Unavailable);
    EXPECT_EQ(opened(*second, opening("b.3", 1, {budget})).kind, Kind::Unavailable);
    server.go_on();
    ASSERT_TRUE(becomes_available(*first) && becomes_available(*second));
    ASSERT_TRUE(eventually([&] { return first->state().slices_spent == Usd(); }));
    opened(*first, opening("a.3", 0, {budget}));
    EXPECT_EQ(state_of(*first, "key:a/day").reserved, nano(free) + held);
}

TEST_F(RedisOutageTest, AStalledServerIsWaitedForOnceAndWhatItDoesLateCountsForNothing) {
    const auto store = spending("a", 100);
    server.stop();
    const SteadyTime began = std::chrono::steady_clock::now();
    EXPECT_EQ(opened(*store, opening("a.1", 200, {budget})).kind, Kind::Unavailable);
    for (int i = 2; i < 50; ++i) {
        EXPECT_EQ(opened(*store, opening("a." + std::to_string(i), 200, {budget})).kind, Kind::Unavailable);
    }
    EXPECT_LT(std::chrono::steady_clock::now() - began, 2s);
    server.go_on();
    ASSERT_TRUE(becomes_available(*store));
    const BudgetState state = state_of(*store, "key:a/day");
    EXPECT_EQ(state.reserved, nano(0));
    EXPECT_EQ(state.settled, nano(0));
    EXPECT_EQ(store->state().rebuilds, 0U);
}

TEST_F(RedisOutageTest, SettlementsWhoseAnswersWereLostAreChargedOnce) {
    const auto store = spending("a", 100);
    for (int i = 1; i <= 200; ++i) {
        ASSERT_EQ(opened(*store, opening("a." + std::to_string(i), 1, {claim("total/day", 10'000)})).kind, Kind::Granted);
    }
    for (int i = 1; i <= 200; ++i) {
        settle(*store, settlement("a." + std::to_string(i), 2));
        if (i % 20 == 0) {
            // Whatever is under way: its connection is cut.
            server.ask({"CLIENT", "KILL", "TYPE", "normal"});
        }
    }
    EXPECT_EQ(state_of(*store, "total/day").settled, nano(400));
    EXPECT_EQ(state_of(*store, "total/day").reserved, nano(0));
}

TEST_F(RedisOutageTest, AServerThatForgotEverythingIsToldAgainByEveryReplica) {
    const auto first = spending("a", 100);
    const auto second = spending("b", 90);
    opened(*first, opening("a.1", 50, {budget}));
    settle(*first, settlement("a.1", 40));
    opened(*second, opening("b.1", 50, {budget}));
    settle(*second, settlement("b.1", 30));
    opened(*second, opening("b.2", 7, {budget}));
    EXPECT_TRUE(first->flush(kPatience) && second->flush(kPatience));
    const SteadyTime began = std::chrono::steady_clock::now();
    server.ask({"FLUSHALL"});
    ASSERT_TRUE(eventually([&] { return first->state().rebuilds == 1 && second->state().rebuilds == 1; }));
    ASSERT_TRUE(becomes_available(*first) && becomes_available(*second));
    EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
    opened(*first, opening("a.2", 0, {budget}));
    EXPECT_EQ(state_of(*first, "key:a/day").settled, nano(70));
    EXPECT_EQ(state_of(*first, "key:a/day").reserved, nano(7));
    settle(*second, settlement("b.2", 9));
    EXPECT_EQ(state_of(*second, "key:a/day").settled, nano(79));
}

TEST_F(RedisOutageTest, WhatAnotherReplicaChargedIsRememberedForIt) {
    const auto stays = spending("a", 100);
    {
        const auto leaves = spending("b", 90);
        opened(*leaves, opening("b.1", 50, {budget}));
        settle(*leaves, settlement("b.1", 33));
    }
    opened(*stays, opening("a.1", 1, {budget}));
    // It looks once a second.
    std::this_thread::sleep_for(1'500ms);
    server.ask({"FLUSHALL"});
    ASSERT_TRUE(eventually([&] { return stays->state().rebuilds == 1; }));
    ASSERT_TRUE(becomes_available(*stays));
    EXPECT_EQ(state_of(*stays, "key:a/day").settled, nano(33));
    EXPECT_EQ(state_of(*stays, "key:a/day").reserved, nano(1));
}

TEST_F(RedisOutageTest, ARecordThatOutlivedItsProcessTellsAnEmptyServerWhatItCharged) {
    RedisStoreSettings settings = hurried();
    settings.record = "file-1";
    settings.own_spending = {{.scope = "key:a/day", .span = kDay, .limit = {}, .settled = nano(950), .reserved = {}}};
    RedisStore store(server.server(), settings);
    ASSERT_TRUE(becomes_available(store));
    EXPECT_EQ(opened(store, opening("a.1", 51, {budget})).kind, Kind::OverBudget);
    EXPECT_EQ(opened(store, opening("a.2", 50, {budget})).kind, Kind::Granted);
    settle(store, settlement("a.2", 50));
    EXPECT_EQ(state_of(store, "key:a/day").settled, nano(1'000));
}

TEST_F(RedisOutageTest, AYoungEpochIsNotTrustedUntilAllHadTheTimeToState) {
    RedisStoreSettings settings = hurried();
    settings.rebuild = 1'500ms;
    const SteadyTime began = std::chrono::steady_clock::now();
    RedisStore store(server.server(), settings);
    EXPECT_EQ(opened(store, opening("a.1", 1, {budget})).kind, Kind::Unavailable);
    ASSERT_TRUE(becomes_available(store));
    EXPECT_GE(std::chrono::steady_clock::now() - began, 1'500ms);
    EXPECT_EQ(opened(store, opening("a.2", 1, {budget})).kind, Kind::Granted);
}

TEST_F(RedisOutageTest, SettlementsBeyondTheBoundAreDroppedAndCounted) {
    RedisStoreSettings settings = hurried();
    settings.settlements_max = 3;
    RedisStore store(server.server(), settings);
    ASSERT_TRUE(becomes_available(store));
    for (int i = 0; i < 5; ++i) {
        opened(store, opening("a." + std::to_string(i), 1, {budget}));
    }
    server.stop();
    for (int i = 0; i < 5; ++i) {
        settle(store, settlement("a." + std::to_string(i), 1));
    }
    EXPECT_EQ(store.state().settlements_dropped + store.state().settlements_waiting, 5U);
    EXPECT_GE(store.state().settlements_dropped, 1U);
    server.go_on();
}

}  // namespace
}  // namespace tierway::store
