#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>

#include "base/one_rate_limit.hpp"
#include "tierway/upstream/health_board.hpp"
#include "tierway/upstream/retry_machine.hpp"
#include "upstream/driven_machine.hpp"

namespace tierway::upstream::test {
namespace {

using std::chrono::seconds;

/// Two models, of which the first has these limits.
config::Snapshot with_limits(const RateLimits& limits) {
    config::Snapshot snapshot = snapshot_of(std::size_t{2});
    snapshot.models[0].limits = limits;
    return snapshot;
}

TEST(ModelLimits, AreNoFaultOfTheModel) {
    const config::Snapshot snapshot = with_limits(requests(60, 1));
    HealthBoard board(snapshot, kStart);
    board.admit(kA, AttemptKind::First, kStart).settle(Evidence::Healthy, kStart);
    for (int i = 0; i < 100; ++i) {
        const Permit refused = board.admit(kA, AttemptKind::First, kStart);
        EXPECT_FALSE(refused);
        EXPECT_EQ(refused.limited_by(), RateLimitKind::Requests);
    }
    const ModelHealth health = board.health(kA, kStart);
    EXPECT_EQ(health.state, BreakerState::Closed);
    EXPECT_EQ(health.in_flight, 0U);
    EXPECT_EQ(health.limits.requests->remaining, 0);
    EXPECT_EQ(board.available_at(kA, kStart), kStart + seconds{1});
    EXPECT_TRUE(board.admit(kA, AttemptKind::First, kStart + seconds{1}));
    EXPECT_TRUE(board.admit(kB, AttemptKind::First, kStart));
}

TEST(ModelLimits, APlaceIsTakenUntilThePermitEnds) {
    const config::Snapshot snapshot = with_limits(concurrent(1));
    HealthBoard board(snapshot, kStart);
    {
        const Permit first = board.admit(kA, AttemptKind::First, kStart);
        EXPECT_TRUE(first);
        EXPECT_EQ(board.admit(kA, AttemptKind::First, kStart).limited_by(), RateLimitKind::Concurrent);
    }
    EXPECT_TRUE(board.admit(kA, AttemptKind::First, kStart)) << "it ended without a word";
}

TEST(ModelLimits, TokensAreCorrectedAndOtherwiseStayAsExpected) {
    const config::Snapshot snapshot = with_limits(tokens(1'000));
    HealthBoard board(snapshot, kStart);
    Permit permit = board.admit(kA, AttemptKind::First, kStart, 800);
    EXPECT_EQ(board.admit(kA, AttemptKind::First, kStart, 300).limited_by(), RateLimitKind::Tokens);
    permit.used(100, true, kStart);
    EXPECT_EQ(board.health(kA, kStart).limits.tokens->remaining, 900);
    permit.settle(Evidence::Healthy, kStart);
    { const Permit unsettled = board.admit(kA, AttemptKind::First, kStart, 300); }
    EXPECT_EQ(board.health(kA, kStart).limits.tokens->remaining, 600);
}

TEST(ModelLimits, AnAttemptThatIsNotSentTakesNothing) {
    RateLimits limits = requests(60, 1);
    limits.tokens = RateLimit{1'000, 1'000};
    const config::Snapshot snapshot = with_limits(limits);
    HealthBoard board(snapshot, kStart);
    Permit permit = board.admit(kA, AttemptKind::First, kStart, 1'000);
    permit.withdraw(kStart);
    EXPECT_FALSE(permit);
    EXPECT_TRUE(board.admit(kA, AttemptKind::First, kStart, 1'000));
}

TEST(ModelLimits, DoNotLoseTheProbeOfABreaker) {
    const config::Snapshot snapshot = with_limits(requests(60, 1));
    HealthBoard board(snapshot, kStart);
    for (int i = 0; i < 5; ++i) {
        board.admit(kA, AttemptKind::First, kStart + seconds{i}).settle(Evidence::Failing, kStart + seconds{i});
    }
    ASSERT_EQ(board.health(kA, kStart + seconds{4}).state, BreakerState::Open);
    const Permit resting = board.admit(kA, AttemptKind::First, kStart + seconds{4});
    EXPECT_FALSE(resting);
    EXPECT_FALSE(resting.limited_by()) << "it rests, whatever its limit says";
    EXPECT_TRUE(board.admit(kA, AttemptKind::First, kStart + seconds{10})) << "the probe";
}

TEST(ModelLimits, AReloadKeepsWhatWasTakenAndAppliesTheNewLimits) {
    const config::Snapshot snapshot = with_limits(requests(60, 10));
    auto before = std::make_unique<HealthBoard>(snapshot, kStart);
    for (int i = 0; i < 8; ++i) {
        before->admit(kA, AttemptKind::First, kStart).settle(Evidence::Healthy, kStart);
    }
    const HealthBoard after(with_limits(requests(60, 9)), kStart, before.get());
    before.reset();
    EXPECT_EQ(after.health(kA, kStart).limits.requests->remaining, 1);
}

TEST(ModelLimits, AModelAtItsLimitIsPassedToTheNextWithoutAnAttempt) {
    Driven driven(with_limits(requests(60, 1)));
    driven.tier({kA, kB});
    EXPECT_EQ(driven.ask(), kA);
    driven.machine().succeeded(driven.now);
    EXPECT_TRUE(driven.machine().limited().empty());
    driven.tier({kA, kB});
    EXPECT_EQ(driven.ask(), kB);
    EXPECT_EQ(driven.machine().attempts(), 2U);
    ASSERT_EQ(driven.machine().limited().size(), 1U);
    EXPECT_EQ(driven.machine().limited()[0].model, kA);
    EXPECT_EQ(driven.machine().limited()[0].limit, RateLimitKind::Requests);
}

TEST(ModelLimits, WhenNobodyIsFreeTheEarliestTimeIsTold) {
    config::Snapshot snapshot = with_limits(requests(6, 1));
    snapshot.models[1].limits = requests(20, 1);
    Driven driven(std::move(snapshot));
    driven.tier({kA, kB});
    driven.board().admit(kA, AttemptKind::First, driven.now).settle(Evidence::Healthy, driven.now);
    driven.board().admit(kB, AttemptKind::First, driven.now).settle(Evidence::Healthy, driven.now);
    EXPECT_FALSE(driven.ask());
    EXPECT_EQ(driven.machine().limited().size(), 2U);
    const Ending ending = driven.ending();
    EXPECT_EQ(ending.reason, EndReason::Unavailable);
    EXPECT_EQ(ending.error.code(), "rate_limit_exceeded");
    EXPECT_EQ(ending.error.status(), 429U);
    EXPECT_EQ(ending.retry_after, seconds{3});
    EXPECT_NE(ending.error.message().find("Please try again in 3s."), std::string_view::npos) << ending.error.message();
}

TEST(ModelLimits, OneThatRestsBesideOneAtItsLimitDoesNotHideTheLimit) {
    Driven driven(with_limits(requests(6, 1)));
    driven.board().admit(kA, AttemptKind::First, driven.now).settle(Evidence::Healthy, driven.now);
    driven.cool_down(kB, seconds{4});
    EXPECT_FALSE(driven.tier({kA, kB}).ask());
    EXPECT_EQ(driven.ending().error.code(), "rate_limit_exceeded");
    EXPECT_EQ(driven.ending().retry_after, seconds{4});
}

TEST(ModelLimits, AProvidersErrorIsToldRatherThanALimitOfOurs) {
    Driven driven(with_limits(requests(60, 1)));
    EXPECT_EQ(driven.tier({kA}).ask(), kA);
    driven.fail(credentials());
    EXPECT_FALSE(driven.ask());
    EXPECT_EQ(driven.ending().error.code(), "upstream_refused_credentials");
}

TEST(ModelLimits, ARetryWaitsForNoLimitOfOursBeyondItsBackoff) {
    Driven driven(with_limits(requests(6, 1)));
    EXPECT_EQ(driven.tier({kA}).ask(), kA);
    driven.fail(down());
    EXPECT_FALSE(driven.ask()) << "the next is let in after ten seconds";
    EXPECT_LT(driven.waited, seconds{1});
}

TEST(ModelLimits, ATierThatCanNeverTakeSoManyTokensSaysSo) {
    config::Snapshot snapshot = with_limits(tokens(100));
    snapshot.models[1].limits = tokens(200);
    HealthBoard board(snapshot, kStart);
    RetryMachine large(snapshot, board, 201);
    large.begin_tier(std::vector{kA, kB});
    EXPECT_EQ(large.next(kStart).kind, Step::Kind::End);
    EXPECT_EQ(large.ending(kStart).error.code(), "request_exceeds_rate_limit");
    EXPECT_EQ(large.ending(kStart).error.source(), ErrorSource::Downstream);
    EXPECT_FALSE(large.ending(kStart).retry_after);
    RetryMachine fitting(snapshot, board, 200);
    fitting.begin_tier(std::vector{kA, kB});
    EXPECT_EQ(fitting.next(kStart).model, kB);
}

}  // namespace
}  // namespace tierway::upstream::test
