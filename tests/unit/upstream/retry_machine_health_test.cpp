#include <string>

#include "upstream/driven_machine.hpp"

namespace tierway::upstream {
namespace {

using namespace std::chrono_literals;
using namespace test;

using Kind = Step::Kind;

TEST(RetryMachineHealth, PassesOverTargetsThatAreOpenOrCoolDown) {
    Driven d(snapshot_of(3));
    d.break_model(kA);
    d.cool_down(kB, 2s);
    d.tier({kA, kB, kC});
    const Step step = d.next();
    EXPECT_EQ(step.kind, Kind::Ask);
    EXPECT_EQ(step.model, kC);
    EXPECT_EQ(d.machine().attempts(), 1U);
    EXPECT_EQ(d.machine().fallbacks(), 0U) << "nobody was asked before";
}

TEST(RetryMachineHealth, WhenAllTargetsRestNobodyIsAskedAndTheEarliestIsKnown) {
    Driven d(snapshot_of(3));
    d.break_model(kA);
    d.now += 1s;
    d.cool_down(kB, 30s);
    d.cool_down(kC, 4'500ms);
    d.now += 500ms;
    d.tier({kA, kB, kC});
    const SteadyTime before = d.now;
    EXPECT_EQ(d.next().kind, Kind::End);
    EXPECT_EQ(d.now, before) << "at once";
    const Ending ending = d.ending();
    EXPECT_EQ(ending.reason, EndReason::Unavailable);
    EXPECT_EQ(ending.retry_after, 3'500ms) << "A opens again first";
    EXPECT_EQ(ending.error.kind(), ErrorKind::UpstreamUnavailable);
    EXPECT_EQ(ending.error.code(), "upstream_unavailable");
    EXPECT_EQ(ending.error.status(), 503U);
    EXPECT_EQ(ending.error.retry(), Retry::Safe);
    EXPECT_NE(ending.error.message().find("in 4s."), std::string_view::npos) << ending.error.message();
    EXPECT_EQ(d.machine().attempts(), 0U);
}

TEST(RetryMachineHealth, AProbeIsAnAttempt) {
    Driven d(snapshot_of(2));
    d.break_model(kA);
    d.now += 5s;
    d.tier({kA, kB});
    EXPECT_EQ(d.ask(), kA);
    EXPECT_EQ(d.machine().attempts(), 1U);
    d.fail(down());
    EXPECT_EQ(d.ask(), kB);
    d.fail(down());
    EXPECT_EQ(d.ask(), kB) << "A is open again, for ten seconds";
    EXPECT_EQ(d.machine().attempts(), 3U);
}

TEST(RetryMachineHealth, WhileAnothersProbeIsOutTheTargetIsPassedOver) {
    Driven d(snapshot_of(2));
    d.break_model(kA);
    d.now += 5s;
    const Permit probe = d.board().admit(kA, AttemptKind::First, d.now);
    ASSERT_TRUE(probe);
    d.tier({kA, kB});
    EXPECT_EQ(d.ask(), kB);
}

TEST(RetryMachineHealth, NobodyWaitsForAnOpenBreaker) {
    Driven d(snapshot_of(2));
    d.tier({kA, kB});
    EXPECT_EQ(d.ask(), kA);
    d.fail(down());
    d.break_model(kA);
    EXPECT_EQ(d.ask(), kB);
    d.fail(silent());
    EXPECT_EQ(d.next().kind, Kind::End) << "the backoff of A ends long before its breaker closes";
    EXPECT_EQ(d.ending().retry_after, 5s);
}

TEST(RetryMachineHealth, ATargetThatIsOpenNowMayBeAskedWhenItsTimeComesWithinTheRequest) {
    Driven d(snapshot_of(2));
    d.break_model(kA);
    d.tier({kA, kB});
    EXPECT_EQ(d.ask(), kB);
    d.now += 5s;
    d.fail(cut());
    EXPECT_EQ(d.ask(), kA);
    EXPECT_EQ(d.waited, 0ms);
}

TEST(RetryMachineHealth, ARateLimitWithATimeCoolsTheModelDownForEverybodyAndIsNoFailure) {
    Driven d(snapshot_of(2));
    d.tier({kA, kB});
    EXPECT_EQ(d.ask(), kA);
    d.fail(limited(), 2s);
    EXPECT_EQ(d.health(kA).cooling_until, d.now + 2s);
    EXPECT_EQ(d.health(kA).consecutive_failures, 0U);
    EXPECT_FALSE(d.board().admit(kA, AttemptKind::First, d.now + 1'999ms));
    EXPECT_EQ(d.ask(), kB);
    d.fail(limited(), 4s);
    EXPECT_EQ(d.ask(), kA) << "after its own Retry-After";
    EXPECT_EQ(d.now, kStart + 2s);
}

TEST(RetryMachineHealth, ARateLimitWithoutATimeKeepsNobodyAway) {
    Driven d(snapshot_of(1));
    d.tier({kA});
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(d.ask(), kA);
        d.fail(limited());
    }
    EXPECT_EQ(d.board().available_at(kA, d.now), d.now);
    EXPECT_EQ(d.health(kA).consecutive_failures, 0U);
}

TEST(RetryMachineHealth, OnlyARateLimitCoolsDown) {
    for (const Error& error : {down(), cut(), out_of_quota(), refused(), silent()}) {
        SCOPED_TRACE(std::string(error.code()));
        Driven d(snapshot_of(1));
        d.tier({kA});
        EXPECT_EQ(d.ask(), kA);
        d.fail(error, 3s);
        EXPECT_FALSE(d.health(kA).cooling_until);
    }
}

TEST(RetryMachineHealth, ACoolDownThatAnotherRequestProlongedIsNotWaitedFor) {
    Driven d(snapshot_of(1));
    d.tier({kA});
    EXPECT_EQ(d.ask(), kA);
    d.fail(limited(), 2s);
    EXPECT_EQ(d.next().kind, Kind::Wait);
    d.now += 2s;
    d.cool_down(kA, 20s);
    EXPECT_EQ(d.next().kind, Kind::End);
    EXPECT_EQ(d.ending().reason, EndReason::Exhausted);
    EXPECT_EQ(d.ending().retry_after, 20s);
}

TEST(RetryMachineHealth, ARetryNeedsBudgetAndAFirstAttemptDoesNot) {
    Driven d(snapshot_of(1));
    std::vector<Permit> others;
    for (int i = 0; i < 3; ++i) {
        others.push_back(d.board().admit(kA, AttemptKind::Retry, d.now));
    }
    d.tier({kA});
    EXPECT_EQ(d.ask(), kA) << "the first attempt";
    d.fail(down());
    EXPECT_FALSE(d.ask()) << "three retries are under way";
    EXPECT_EQ(d.ending().reason, EndReason::Exhausted);
    EXPECT_EQ(d.ending().error.message(), "Down.");
    others.pop_back();
    EXPECT_EQ(d.ask(), kA);
    EXPECT_EQ(d.health(kA).retries_in_flight, 3U);
}

TEST(RetryMachineHealth, AnotherTargetsFirstAttemptIsNoRetry) {
    Driven d(snapshot_of(2));
    d.tier({kA, kB});
    EXPECT_EQ(d.ask(), kA);
    d.fail(down());
    EXPECT_EQ(d.ask(), kB);
    EXPECT_EQ(d.health(kB).in_flight, 1U);
    EXPECT_EQ(d.health(kB).retries_in_flight, 0U);
}

TEST(RetryMachineHealth, WithoutBudgetAtOneTargetAnotherIsRetried) {
    Driven d(snapshot_of(2));
    std::vector<Permit> others;
    for (int i = 0; i < 3; ++i) {
        others.push_back(d.board().admit(kA, AttemptKind::Retry, d.now));
    }
    d.tier({kA, kB});
    EXPECT_EQ(d.ask(), kA);
    d.fail(down());
    EXPECT_EQ(d.ask(), kB);
    d.fail(down(), 1s);
    EXPECT_EQ(d.ask(), kB);
}

TEST(RetryMachineHealth, TellsTheBoardHowEachAttemptEnded) {
    struct Case {
        Error error;
        unsigned failures;
    };
    for (const Case& c : {Case{down(), 1}, Case{silent(), 1}, Case{cut(), 1}, Case{garbled(), 1}, Case{credentials(), 1},
                          Case{refused(), 0}, Case{filtered(), 0}, Case{too_long(), 0}, Case{limited(), 0}, Case{not_found(), 0},
                          Case{Error::downstream(ErrorKind::ClientGone, "client_gone", "Gone."), 0}}) {
        SCOPED_TRACE(std::string(c.error.code()));
        Driven d(snapshot_of(1));
        d.tier({kA});
        EXPECT_EQ(d.ask(), kA);
        EXPECT_EQ(d.health(kA).in_flight, 1U);
        d.fail(c.error);
        EXPECT_EQ(d.health(kA).in_flight, 0U);
        EXPECT_EQ(d.health(kA).consecutive_failures, c.failures);
    }
}

TEST(RetryMachineHealth, AnAnswerEndsTheCountOfFailures) {
    Driven d(snapshot_of(1));
    d.tier({kA});
    EXPECT_EQ(d.ask(), kA);
    d.fail(down());
    EXPECT_EQ(d.ask(), kA);
    d.machine().succeeded(d.now);
    EXPECT_EQ(d.health(kA).consecutive_failures, 0U);
    EXPECT_EQ(d.health(kA).in_flight, 0U);
    EXPECT_EQ(d.health(kA).retries_in_flight, 0U);
}

TEST(RetryMachineHealth, AMachineThatEndsWithItsRequestReleasesTheProbe) {
    const config::Snapshot snapshot = snapshot_of(1);
    HealthBoard board(snapshot, kStart);
    for (int i = 0; i < 5; ++i) {
        board.admit(kA, AttemptKind::First, kStart).settle(Evidence::Failing, kStart);
    }
    const SteadyTime later = kStart + 5s;
    {
        RetryMachine machine(snapshot, board);
        machine.begin_tier(std::vector{kA});
        ASSERT_EQ(machine.next(later).kind, Kind::Ask);
        EXPECT_FALSE(board.admit(kA, AttemptKind::First, later));
    }
    EXPECT_EQ(board.health(kA, later).in_flight, 0U);
    EXPECT_TRUE(board.admit(kA, AttemptKind::First, later)) << "the client left; the next request is the probe";
}

TEST(RetryMachineHealth, AnAnswerThatHasBegunLetsOthersFollow) {
    Driven d(snapshot_of(1));
    d.break_model(kA);
    d.now += 5s;
    d.tier({kA});
    EXPECT_EQ(d.ask(), kA);
    d.machine().answering(d.now);
    EXPECT_EQ(d.health(kA).state, BreakerState::Closed);
    d.fail(cut());
    EXPECT_EQ(d.health(kA).consecutive_failures, 1U);
}

TEST(RetryMachineEnding, ReportsTheFirstProvidersErrorUnlessALaterOneRefusedTheRequest) {
    struct Case {
        const char* name;
        Error first;
        Error second;
        std::string_view code;
        EndReason reason;
    };
    for (const Case& c : {
             Case{"both down", down(), cut(), "upstream_unavailable", EndReason::Exhausted},
             Case{"silent, then down", silent(), down(), "upstream_timeout", EndReason::Exhausted},
             Case{"limited, then no credentials", limited(), credentials(), "rate_limit_exceeded", EndReason::Exhausted},
             Case{"no credentials, then down", credentials(), down(), "upstream_refused_credentials", EndReason::Exhausted},
             Case{"not found, then down", not_found(), down(), "model_not_found", EndReason::Exhausted},
             Case{"down, then not found", down(), not_found(), "upstream_unavailable", EndReason::Exhausted},
             Case{"down, then refused", down(), refused(), "invalid_value", EndReason::Refused},
             Case{"silent, then filtered", silent(), filtered(), "content_filter", EndReason::Refused},
             Case{"down, then too long", down(), too_long(), "context_length_exceeded", EndReason::Refused},
             Case{"too long, then refused", too_long(), refused(), "context_length_exceeded", EndReason::Refused},
             Case{"too long, then down", too_long(), down(), "context_length_exceeded", EndReason::Refused},
         }) {
        SCOPED_TRACE(c.name);
        config::Snapshot snapshot = snapshot_of(std::vector<std::int64_t>{8'000, 16'000});
        snapshot.retry.attempts = 2;
        Driven d(snapshot);
        d.tier({kA, kB});
        ASSERT_TRUE(d.ask());
        d.fail(c.first);
        ASSERT_TRUE(d.ask());
        d.fail(c.second);
        ASSERT_FALSE(d.ask());
        EXPECT_EQ(d.ending().error.code(), c.code);
        EXPECT_EQ(d.ending().reason, c.reason);
    }
}

TEST(RetryMachineEnding, ATargetThatWasPassedOverIsNotTheFirstProvider) {
    Driven d(snapshot_of(2));
    d.break_model(kA);
    d.tier({kA, kB});
    EXPECT_EQ(d.ask(), kB);
    d.fail(silent());
    EXPECT_FALSE(d.ask());
    EXPECT_EQ(d.ending().error.code(), "upstream_timeout");
    EXPECT_EQ(d.ending().reason, EndReason::Exhausted);
    EXPECT_EQ(d.ending().retry_after, 5s) << "A may be asked then";
}

TEST(RetryMachineEnding, AHigherTierThatRestsIsToldApartFromTheLowerTiersError) {
    Driven d(snapshot_of(2));
    d.tier({kA});
    EXPECT_EQ(d.ask(), kA);
    d.fail(silent());
    EXPECT_FALSE(d.ask());
    EXPECT_EQ(d.ending().reason, EndReason::Exhausted);
    d.break_model(kB);
    d.tier({kB});
    EXPECT_FALSE(d.ask());
    EXPECT_EQ(d.ending().reason, EndReason::Unavailable);
    EXPECT_EQ(d.ending().error.code(), "upstream_timeout") << "the original provider's error";
}

TEST(RetryMachineEnding, AnAnswerBelowMakesItsErrorsHistory) {
    Driven d(snapshot_of(3));
    d.tier({kA, kB});
    EXPECT_EQ(d.ask(), kA);
    d.fail(silent());
    EXPECT_EQ(d.ask(), kB);
    d.machine().succeeded(d.now);
    d.break_model(kC);
    d.tier({kC});
    EXPECT_FALSE(d.ask());
    EXPECT_EQ(d.ending().error.code(), "upstream_unavailable");
    EXPECT_EQ(d.ending().error.status(), 503U);
}

TEST(RetryMachineEnding, AnAnswerBelowMakesItsRefusalsHistoryToo) {
    Driven d(snapshot_of(std::vector<std::int64_t>{8'000, 16'000, 0}));
    d.tier({kA, kB});
    EXPECT_EQ(d.ask(), kA);
    d.fail(too_long());
    EXPECT_EQ(d.ask(), kB);
    d.machine().succeeded(d.now);
    d.tier({kC});
    EXPECT_EQ(d.ask(), kC);
    d.fail(silent());
    EXPECT_FALSE(d.ask());
    EXPECT_EQ(d.ending().reason, EndReason::Exhausted);
    EXPECT_EQ(d.ending().error.code(), "upstream_timeout");
}

TEST(RetryMachineEnding, AHintThatATargetNoLongerGivesIsForgotten) {
    config::Snapshot snapshot = snapshot_of(1);
    snapshot.retry.attempts = 2;
    Driven d(std::move(snapshot));
    d.tier({kA});
    EXPECT_EQ(d.ask(), kA);
    d.fail(down(), 4s);
    EXPECT_EQ(d.ask(), kA);
    d.fail(down());
    EXPECT_FALSE(d.ask());
    EXPECT_FALSE(d.ending().retry_after);
}

TEST(RetryMachineEnding, TheHintIsTheShortestWaitKnownOverAllTargets) {
    struct Case {
        const char* name;
        std::optional<Milliseconds> first;   ///< Retry-After of A, which is limited.
        std::optional<Milliseconds> second;  ///< Of B.
        unsigned attempts;
        std::optional<Milliseconds> hint;
    };
    for (const Case& c : {
             Case{"the shorter of two", 40s, 10s, 2, 10s},
             Case{"the only one that is known", 40s, {}, 2, 40s},
             Case{"none is known", {}, {}, 2, {}},
             Case{"longer than a cool-down is stated all the same", 3min, {}, 2, 3min},
             Case{"a target that was not reached may be asked at once", 40s, {}, 1, 0s},
         }) {
        SCOPED_TRACE(c.name);
        config::Snapshot snapshot = snapshot_of(2);
        snapshot.retry.attempts = c.attempts;
        Driven d(snapshot);
        d.tier({kA, kB});
        ASSERT_TRUE(d.ask());
        d.fail(limited(), c.first);
        if (c.attempts == 2) {
            ASSERT_TRUE(d.ask());
            d.fail(down(), c.second);
        }
        ASSERT_FALSE(d.ask());
        EXPECT_EQ(d.ending().retry_after, c.hint);
    }
}

TEST(RetryMachineEnding, TheHintShrinksAsTimePasses) {
    Driven d(snapshot_of(1));
    d.tier({kA});
    EXPECT_EQ(d.ask(), kA);
    d.fail(limited(), 40s);
    d.now += 15s;
    EXPECT_FALSE(d.ask());
    EXPECT_EQ(d.ending().retry_after, 25s);
    d.now += 1h;
    EXPECT_EQ(d.ending().retry_after, 0s);
}

}  // namespace
}  // namespace tierway::upstream
