#include "tierway/ledger/rate_board.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/one_rate_limit.hpp"

namespace tierway::ledger {
namespace {

using std::chrono::seconds;

constexpr SteadyTime kStart{seconds{1'000}};

struct Named {
    std::string id;
    RateLimits limits;
};

config::Snapshot snapshot_of(const std::vector<Named>& keys) {
    config::Snapshot snapshot;
    for (const Named& named : keys) {
        config::AccessKey key;
        key.principal.id = named.id;
        key.principal.key = config::KeyId(snapshot.keys.size());
        key.principal.limits = named.limits;
        snapshot.keys.push_back(key);
    }
    return snapshot;
}

/// One board and the keys that it was made for.
struct Limited {
    explicit Limited(const std::vector<Named>& keys, const RateBoard* previous = nullptr, SteadyTime now = kStart)
        : snapshot(snapshot_of(keys)), board(snapshot, now, previous) {}

    RateAnswer take(std::size_t key, std::int64_t expected = 0, SteadyTime now = kStart) {
        return board.take(snapshot.keys[key].principal, expected, now);
    }
    [[nodiscard]] RateLevels levels(std::size_t key, SteadyTime now = kStart) const {
        return board.levels(snapshot.keys[key].principal, now);
    }
    [[nodiscard]] unsigned under_way(std::size_t key) const { return board.under_way(snapshot.keys[key].principal); }

    config::Snapshot snapshot;
    RateBoard board;
};

TEST(RateBoard, KeysDoNotTakeFromEachOther) {
    Limited limited({{"a", requests(60, 1)}, {"b", requests(60, 1)}, {"free", {}}});
    EXPECT_TRUE(limited.take(0).verdict.granted());
    EXPECT_FALSE(limited.take(0).verdict.granted());
    EXPECT_TRUE(limited.take(1).verdict.granted());
    for (int i = 0; i < 100; ++i) {
        EXPECT_TRUE(limited.take(2, 1'000'000).verdict.granted());
    }
    const config::Principal local;
    EXPECT_TRUE(limited.board.take(local, 1, kStart).verdict.granted());
    EXPECT_FALSE(limited.board.levels(local, kStart).requests);
}

TEST(RateBoard, ARefusedRequestTakesNothingOfAnyLimit) {
    RateLimits limits = requests(600, 100);
    limits.tokens = RateLimit{1'000, 1'000};
    limits.concurrent = 5;
    Limited limited({{"a", limits}});
    const RateAnswer first = limited.take(0, 900);
    for (int i = 0; i < 10; ++i) {
        const RateAnswer refused = limited.take(0, 200);
        EXPECT_EQ(refused.verdict.refused_by, RateLimitKind::Tokens);
        EXPECT_FALSE(refused.hold);
        EXPECT_EQ(refused.levels.tokens->remaining, 100);
    }
    EXPECT_EQ(limited.levels(0).requests->remaining, 99);
    EXPECT_EQ(limited.under_way(0), 1U);
    EXPECT_TRUE(limited.take(0, 100).verdict.granted());
}

TEST(RateBoard, SettlingCorrectsTheTokensInBothDirections) {
    Limited limited({{"a", tokens(1'000)}});
    RateAnswer answer = limited.take(0, 800);
    EXPECT_EQ(limited.levels(0).tokens->remaining, 200);
    answer.hold.settle(300, true, kStart);
    EXPECT_EQ(limited.levels(0).tokens->remaining, 700);
    answer.hold.settle(1'000, true, kStart);
    EXPECT_EQ(limited.levels(0).tokens->remaining, 0) << "what was corrected can be corrected again";
}

TEST(RateBoard, WhatIsNotKnownIsNotGivenBack) {
    Limited limited({{"a", tokens(1'000)}});
    RateAnswer answer = limited.take(0, 800);
    answer.hold.settle(300, false, kStart);
    EXPECT_EQ(limited.levels(0).tokens->remaining, 200);
    answer.hold.settle(900, false, kStart);
    EXPECT_EQ(limited.levels(0).tokens->remaining, 100);
}

TEST(RateBoard, WhatNobodySettlesStaysChargedAndLeavesItsPlace) {
    RateLimits limits = tokens(1'000);
    limits.concurrent = 1;
    Limited limited({{"a", limits}});
    {
        const RateAnswer answer = limited.take(0, 800);
        EXPECT_EQ(limited.under_way(0), 1U);
    }
    EXPECT_EQ(limited.under_way(0), 0U);
    EXPECT_EQ(limited.levels(0).tokens->remaining, 200);
}

TEST(RateBoard, APlaceIsGivenBackOnceHoweverTheHoldMoves) {
    Limited limited({{"a", concurrent(2)}});
    RateHold one = limited.take(0).hold;
    RateHold two = limited.take(0).hold;
    EXPECT_EQ(limited.take(0).verdict.refused_by, RateLimitKind::Concurrent);
    RateHold moved = std::move(one);
    EXPECT_FALSE(one);  // NOLINT: what a moved-from hold is, is the claim.
    EXPECT_EQ(limited.under_way(0), 2U);
    moved = std::move(two);
    EXPECT_EQ(limited.under_way(0), 1U);
    moved = RateHold();
    EXPECT_EQ(limited.under_way(0), 0U);
}

TEST(RateBoard, AReloadFreesNothingAndAppliesTheNewLimits) {
    auto before = std::make_unique<Limited>(std::vector<Named>{{"other", {}}, {"a", requests(60, 10)}});
    RateHold under_way;
    for (int i = 0; i < 10; ++i) {
        under_way = before->take(1).hold;
    }
    Limited after({{"a", requests(60, 12)}, {"other", requests(60, 1)}}, &before->board);
    EXPECT_EQ(after.levels(0).requests->remaining, 2);
    EXPECT_EQ(after.under_way(0), 1U) << "of a request on the old board";
    EXPECT_TRUE(after.take(1).verdict.granted());
    EXPECT_FALSE(before->take(1).verdict.granted() && before->take(1).verdict.granted() && before->take(1).verdict.granted())
        << "both boards count the same";
    before.reset();
    under_way = RateHold();
    EXPECT_EQ(after.under_way(0), 0U);
}

TEST(RateBoard, ManyThreadsNeverPassALimit) {
    RateLimits limits = requests(600, 500);
    limits.concurrent = 3;
    Limited limited({{"a", limits}});
    std::atomic<int> granted{0};
    std::atomic<int> inside{0};
    std::atomic<bool> crowded{false};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            for (int round = 0; round < 2'000; ++round) {
                const RateAnswer answer = limited.take(0);
                if (answer.hold) {
                    crowded = crowded || ++inside > 3;
                    ++granted;
                    --inside;
                }
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(granted, 500);
    EXPECT_FALSE(crowded);
    EXPECT_EQ(limited.under_way(0), 0U);
}

}  // namespace
}  // namespace tierway::ledger
