#include "tierway/policy/quota_board.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <random>
#include <thread>
#include <vector>

#include "policy/three_tiers.hpp"

namespace tierway::policy {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using config::EscalationQuotas;

constexpr SteadyTime kStart{std::chrono::hours(1'000)};

Usd nano(std::int64_t amount) {
    return Usd::from_nano(amount);
}

/// One key with quotas and its board.
class Quotas : public ::testing::Test {
protected:
    void limit(const EscalationQuotas& quotas) {
        principal_ = &add_key(snapshot_, quotas);
        board_ = std::make_unique<QuotaBoard>(snapshot_);
    }
    /// Takes one and leaves it at its estimate. \returns what forbade it.
    std::string_view take(Usd estimate = {}, SteadyTime now = kStart) { return board_->take(*principal_, estimate, now).denial; }
    QuotaHold hold(Usd estimate, SteadyTime now = kStart) { return std::move(board_->take(*principal_, estimate, now).hold); }

    config::Snapshot snapshot_ = three_tiers();
    const Principal* principal_ = nullptr;
    std::unique_ptr<QuotaBoard> board_;
};

TEST_F(Quotas, AKeyWithoutQuotasIsNeverRefusedAndHoldsNothing) {
    limit({});
    for (int i = 0; i < 1'000; ++i) {
        ASSERT_EQ(take(nano(1'000'000'000'000)), "");
    }
    EXPECT_FALSE(hold(nano(1)));
    EXPECT_EQ(board_->take(local_principal(), nano(1), kStart).denial, "");
}

TEST_F(Quotas, SoManyEscalationsAndNoneMore) {
    limit({.per_hour = 3, .share_max = {}, .usd_per_hour = {}});
    EXPECT_EQ(take(), "");
    EXPECT_EQ(take(), "");
    EXPECT_EQ(take(), "");
    EXPECT_EQ(take(), "key_quota_count");
    EXPECT_EQ(take({}, kStart + 30min), "key_quota_count");
}

TEST_F(Quotas, AQuotaOfZeroForbidsFromTheFirst) {
    limit({.per_hour = 0, .share_max = {}, .usd_per_hour = {}});
    EXPECT_EQ(take(), "key_quota_count");
}

TEST_F(Quotas, TheFirstThatForbidsNamesTheReason) {
    limit({.per_hour = 1, .share_max = 0.0, .usd_per_hour = Usd()});
    EXPECT_EQ(take(nano(1)), "key_quota_share");
}

TEST_F(Quotas, TheShareIsOfAllCallsAndOfTwentyAtLeast) {
    limit({.per_hour = {}, .share_max = 0.2, .usd_per_hour = {}});
    for (int i = 0; i < 4; ++i) {
        EXPECT_EQ(take(), "") << "four of twenty";
    }
    EXPECT_EQ(take(), "key_quota_share");
    for (int i = 0; i < 23; ++i) {
        board_->count_call(*principal_, kStart);
    }
    EXPECT_EQ(take(), "key_quota_share") << "with this call 24: a fifth would be one of 25";
    board_->count_call(*principal_, kStart);
    EXPECT_EQ(take(), "") << "five of 25";
    EXPECT_EQ(take(), "key_quota_share");
}

TEST_F(Quotas, CallsOfMoreThanAnHourAgoDoNotCount) {
    limit({.per_hour = {}, .share_max = 0.5, .usd_per_hour = {}});
    for (int i = 0; i < 1'000; ++i) {
        board_->count_call(*principal_, kStart);
    }
    int taken = 0;
    while (taken < 1'000 && take({}, kStart + 61min).empty()) {
        ++taken;
    }
    EXPECT_EQ(taken, 10) << "half of the twenty that are taken for granted";
}

TEST_F(Quotas, MoneyIsTakenAsEstimatedAndCorrectedToWhatItCost) {
    limit({.per_hour = {}, .share_max = {}, .usd_per_hour = nano(100)});
    QuotaHold first = hold(nano(70));
    EXPECT_EQ(take(nano(31)), "key_quota_usd");
    first.settle(nano(20));
    EXPECT_FALSE(first);
    EXPECT_EQ(take(nano(81)), "key_quota_usd");
    QuotaHold second = hold(nano(80));
    EXPECT_TRUE(second);
    second.settle(nano(200));
    EXPECT_EQ(take(), "key_quota_usd") << "what cost more than estimated is counted all the same";
}

TEST_F(Quotas, WhatWasNeverSettledStaysAtItsEstimate) {
    limit({.per_hour = 2, .share_max = {}, .usd_per_hour = nano(100)});
    { const QuotaHold dropped = hold(nano(70)); }
    EXPECT_EQ(take(nano(31)), "key_quota_usd");
    EXPECT_EQ(take(nano(30)), "");
    EXPECT_EQ(take(), "key_quota_count");
}

TEST_F(Quotas, WhatIsReleasedIsFreeAgain) {
    limit({.per_hour = 1, .share_max = {}, .usd_per_hour = nano(100)});
    for (int i = 0; i < 5; ++i) {
        QuotaHold held = hold(nano(100));
        ASSERT_TRUE(held);
        ASSERT_EQ(take(), "key_quota_count");
        held.release();
        held.release();
        held.settle(nano(100));
    }
}

TEST_F(Quotas, MovedHoldsCountOnce) {
    limit({.per_hour = 1, .share_max = {}, .usd_per_hour = {}});
    QuotaHold held = hold(nano(1));
    QuotaHold taken = std::move(held);
    EXPECT_TRUE(taken);
    taken.release();
    EXPECT_EQ(take(), "");
}

TEST_F(Quotas, NothingIsSettledIntoAnHourThatIsOver) {
    limit({.per_hour = 1, .share_max = {}, .usd_per_hour = nano(100)});
    QuotaHold late = hold(nano(100));
    EXPECT_EQ(take(nano(100), kStart + 61min), "");
    late.release();
    EXPECT_EQ(take({}, kStart + 61min), "key_quota_count") << "the release was of the hour before";
}

TEST_F(Quotas, MayOutliveTheirBoard) {
    limit({.per_hour = 1, .share_max = {}, .usd_per_hour = {}});
    QuotaHold held = hold(nano(1));
    board_.reset();
    held.settle(nano(2));
}

// At any time and over any run of requests: within any 60 minutes there are never more than the quota, and all of it comes back.
TEST_F(Quotas, NoSixtyMinutesEverHoldMoreThanTheQuota) {
    constexpr unsigned kQuota = 7;
    limit({.per_hour = kQuota, .share_max = {}, .usd_per_hour = {}});
    std::mt19937 random(1);  // NOLINT: the same each time is what is wanted.
    std::vector<SteadyTime> taken;
    SteadyTime now = kStart;
    unsigned denied = 0;
    for (int i = 0; i < 20'000; ++i) {
        now += std::chrono::seconds(random() % 400);
        if (take({}, now).empty()) {
            taken.push_back(now);
        } else {
            ++denied;
            ASSERT_LE(now - taken[taken.size() - kQuota], 61min) << "the quota comes back in time";
        }
        if (taken.size() > kQuota) {
            ASSERT_GE(taken.back() - taken[taken.size() - 1 - kQuota], 60min) << "after " << i;
        }
    }
    EXPECT_GT(denied, 1'000U);
}

TEST_F(Quotas, AClockThatLagsBehindAnotherThreadsDoesNoHarm) {
    limit({.per_hour = 2, .share_max = {}, .usd_per_hour = {}});
    EXPECT_EQ(take({}, kStart), "");
    EXPECT_EQ(take({}, kStart - 5min), "");
    EXPECT_EQ(take({}, kStart - 2h), "key_quota_count");
    EXPECT_EQ(take({}, kStart + 61min), "");
}

TEST_F(Quotas, AReloadKeepsWhatWasTakenByTheKeysId) {
    limit({.per_hour = 1, .share_max = {}, .usd_per_hour = {}});
    QuotaHold held = hold(nano(1));
    config::Snapshot next = three_tiers();
    const Principal other = add_key(next, {.per_hour = 1, .share_max = {}, .usd_per_hour = {}}, "other");
    const Principal same = add_key(next, {.per_hour = 2, .share_max = {}, .usd_per_hour = {}}, "k");
    QuotaBoard reloaded(next, board_.get());
    EXPECT_EQ(reloaded.take(other, {}, kStart).denial, "");
    EXPECT_EQ(reloaded.take(same, {}, kStart).denial, "") << "the new quota is one more";
    EXPECT_EQ(reloaded.take(same, {}, kStart).denial, "key_quota_count");
    EXPECT_EQ(take(), "key_quota_count") << "requests that began before see the same";
    held.release();
    EXPECT_EQ(reloaded.take(same, {}, kStart).denial, "");
}

TEST_F(Quotas, OneKeysEscalationsAreNotAnothers) {
    const Principal first = add_key(snapshot_, {.per_hour = 1, .share_max = {}, .usd_per_hour = {}}, "a");
    const Principal second = add_key(snapshot_, {.per_hour = 1, .share_max = {}, .usd_per_hour = {}}, "b");
    QuotaBoard board(snapshot_);
    EXPECT_EQ(board.take(first, {}, kStart).denial, "");
    EXPECT_EQ(board.take(second, {}, kStart).denial, "");
    EXPECT_EQ(board.take(first, {}, kStart).denial, "key_quota_count");
}

TEST_F(Quotas, ManyThreadsTogetherGetExactlyTheQuota) {
    constexpr unsigned kQuota = 1'000;
    limit({.per_hour = kQuota, .share_max = {}, .usd_per_hour = nano(kQuota * 10)});
    std::atomic<unsigned> taken{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&, i] {
            for (int j = 0; j < 1'000; ++j) {
                QuotaHold held = hold(nano(10));
                if (held && (i + j) % 3 == 0) {
                    held.release();
                } else if (held) {
                    held.settle(nano(10));
                    ++taken;
                }
                board_->count_call(*principal_, kStart);
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    while (hold(nano(10))) {
        ++taken;
    }
    EXPECT_EQ(taken, kQuota);
}

}  // namespace
}  // namespace tierway::policy
