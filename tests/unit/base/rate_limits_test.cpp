#include "tierway/base/rate_limits.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace tierway {
namespace {

using std::chrono::seconds;

constexpr SteadyTime kStart{seconds{1'000}};

RateLimits limits_of(std::optional<RateLimit> requests, std::optional<RateLimit> tokens, std::optional<unsigned> concurrent) {
    return {requests, tokens, concurrent};
}

TEST(RateCounters, WithoutLimitsEverythingIsGranted) {
    RateCounters counters(RateLimits{});
    for (int i = 0; i < 1'000; ++i) {
        ASSERT_TRUE(counters.check(1'000'000'000, kStart).granted());
        counters.take(1'000'000'000, kStart);
    }
    EXPECT_EQ(counters.under_way(), 1'000U);
    EXPECT_FALSE(counters.levels(kStart).requests);
    EXPECT_FALSE(counters.levels(kStart).tokens);
}

TEST(RateCounters, NamesTheLimitThatHasRoomLast) {
    RateCounters counters(limits_of(RateLimit{60, 1}, RateLimit{60, 60}, std::nullopt));
    counters.take(60, kStart);  // A request flows back in a second, these tokens in sixty.
    const RateVerdict by_tokens = counters.check(30, kStart);
    EXPECT_EQ(by_tokens.refused_by, RateLimitKind::Tokens);
    EXPECT_EQ(by_tokens.passes_at, kStart + seconds{30});
    counters.correct_tokens(-60, kStart);
    const RateVerdict by_requests = counters.check(30, kStart);
    EXPECT_EQ(by_requests.refused_by, RateLimitKind::Requests);
    EXPECT_EQ(by_requests.passes_at, kStart + seconds{1});
    EXPECT_TRUE(counters.check(30, kStart + seconds{1}).granted());
}

TEST(RateCounters, MoreTokensThanEverPassAreRefusedForEver) {
    RateCounters counters(limits_of(RateLimit{60, 1}, RateLimit{60, 30}, 1));
    counters.take(1, kStart);
    const RateVerdict verdict = counters.check(31, kStart);
    EXPECT_EQ(verdict.refused_by, RateLimitKind::Tokens);
    EXPECT_TRUE(verdict.never());
    EXPECT_FALSE(counters.check(30, kStart).never());
}

TEST(RateCounters, AGuessAloneMakesNoRequestTooLarge) {
    RateCounters counters(limits_of(std::nullopt, RateLimit{100, 100}, std::nullopt));
    EXPECT_TRUE(counters.check(TokenDemand(101), kStart).never());
    EXPECT_TRUE(counters.check(TokenDemand(101, 50), kStart).never());
    EXPECT_TRUE(counters.check(TokenDemand(40, 1'000), kStart).granted());
    EXPECT_EQ(counters.take(TokenDemand(40, 1'000), kStart), 100) << "as much as passes at once";
    EXPECT_FALSE(counters.check(TokenDemand(1), kStart).granted());
    counters.correct_tokens(-100, kStart);
    EXPECT_EQ(counters.take(TokenDemand(40, 20), kStart), 60);
    EXPECT_EQ(RateCounters(RateLimits{}).take(TokenDemand(40, 20), kStart), 60);
}

TEST(RateCounters, APlaceIsFreeAgainWhenItIsLeft) {
    RateCounters counters(limits_of(std::nullopt, std::nullopt, 2));
    counters.take(0, kStart);
    counters.take(0, kStart);
    const RateVerdict full = counters.check(0, kStart);
    EXPECT_EQ(full.refused_by, RateLimitKind::Concurrent);
    EXPECT_EQ(full.passes_at, kStart + RateCounters::kPlaceWait);
    counters.leave();
    EXPECT_TRUE(counters.check(0, kStart).granted());
}

TEST(RateCounters, ALimitThatComesLaterCountsWhoIsUnderWay) {
    RateCounters counters(RateLimits{});
    counters.take(10, kStart);
    counters.set_limits(limits_of(std::nullopt, std::nullopt, 1), kStart);
    EXPECT_EQ(counters.check(0, kStart).refused_by, RateLimitKind::Concurrent);
    counters.leave();
    EXPECT_TRUE(counters.check(0, kStart).granted());
}

TEST(RateCounters, ChangedLimitsKeepWhatWasTaken) {
    RateCounters counters(limits_of(RateLimit{60, 10}, std::nullopt, std::nullopt));
    for (int i = 0; i < 10; ++i) {
        counters.take(0, kStart);
    }
    EXPECT_FALSE(counters.check(0, kStart).granted());
    counters.set_limits(limits_of(RateLimit{60, 10}, RateLimit{100, 100}, std::nullopt), kStart);
    EXPECT_FALSE(counters.check(0, kStart).granted()) << "the same limit is not begun anew";
    counters.set_limits(limits_of(RateLimit{60, 20}, std::nullopt, std::nullopt), kStart);
    EXPECT_EQ(counters.levels(kStart).requests->remaining, 10);
    EXPECT_FALSE(counters.levels(kStart).tokens);
}

TEST(RateCounters, ARequestThatWasNeverSentLeavesNothing) {
    RateCounters counters(limits_of(RateLimit{60, 2}, RateLimit{100, 100}, 1));
    counters.take(70, kStart);
    counters.correct_tokens(-70, kStart);
    counters.give_back_request(kStart);
    counters.leave();
    EXPECT_EQ(counters.levels(kStart).requests->remaining, 2);
    EXPECT_EQ(counters.levels(kStart).tokens->remaining, 100);
    EXPECT_EQ(counters.under_way(), 0U);
}

}  // namespace
}  // namespace tierway
