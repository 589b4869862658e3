#include "tierway/upstream/retry_machine.hpp"

#include <limits>
#include <string>
#include <utility>

#include "upstream/driven_machine.hpp"

namespace tierway::upstream {
namespace {

using namespace std::chrono_literals;
using namespace test;

using Kind = Step::Kind;

config::Snapshot with_attempts(std::size_t models, unsigned attempts) {
    config::Snapshot snapshot = snapshot_of(models);
    snapshot.retry.attempts = attempts;
    return snapshot;
}

TEST(RetryMachine, AsksTheFirstTargetFirstAndAtOnce) {
    Driven d(snapshot_of(2));
    const Step step = d.tier({kB, kA}).next();
    EXPECT_EQ(step.kind, Kind::Ask);
    EXPECT_EQ(step.model, kB);
    EXPECT_EQ(step.wait, 0ms);
    EXPECT_EQ(d.machine().attempts(), 1U);
    EXPECT_EQ(d.machine().fallbacks(), 0U);
}

TEST(RetryMachine, WithoutTargetsAsksNobody) {
    Driven d(snapshot_of(1));
    EXPECT_FALSE(d.tier({}).ask());
    EXPECT_EQ(d.machine().attempts(), 0U);
    EXPECT_EQ(d.ending().reason, EndReason::Unavailable);
    EXPECT_FALSE(d.ending().retry_after);
}

TEST(RetryMachine, AsksTargetsNotAskedYetAtOnceAndInOrder) {
    for (const Error& error :
         {down(), limited(), cut(), garbled(), silent(), stalled(), credentials(), out_of_quota(), not_found()}) {
        SCOPED_TRACE(std::string(error.code()));
        Driven d(snapshot_of(3));
        d.tier({kC, kA, kB});
        for (const config::ModelId expected : {kC, kA, kB}) {
            const Step step = d.next();
            EXPECT_EQ(step.kind, Kind::Ask);
            EXPECT_EQ(step.model, expected);
            d.fail(error, 1s);
        }
        EXPECT_EQ(d.machine().fallbacks(), 2U);
    }
}

TEST(RetryMachine, ADeclinedAttemptRulesItsTargetOutAndCountsAsNone) {
    Driven d(snapshot_of(3));
    d.tier({kA, kB, kC});
    EXPECT_EQ(d.ask(), kA);
    d.fail(down());
    EXPECT_EQ(d.ask(), kB);
    EXPECT_EQ(d.health(kB).in_flight, 1U);
    d.machine().declined(d.now);
    EXPECT_EQ(d.health(kB).in_flight, 0U);
    EXPECT_EQ(d.health(kB).consecutive_failures, 0U);
    EXPECT_EQ(d.machine().attempts(), 1U);
    EXPECT_EQ(d.machine().fallbacks(), 0U);
    EXPECT_EQ(d.ask(), kC);
    EXPECT_EQ(d.machine().fallbacks(), 1U);
    d.machine().declined(d.now);
    // Two attempts are left, and nobody but the first.
    EXPECT_EQ(d.ask(), kA);
    d.machine().declined(d.now);
    EXPECT_FALSE(d.ask());
    EXPECT_EQ(d.ending().reason, EndReason::Exhausted);
    EXPECT_EQ(d.ending().error.code(), "upstream_unavailable") << "what went wrong, not what was not tried";
}

TEST(RetryMachine, AModelNamedTwiceIsOneTarget) {
    Driven d(snapshot_of(1));
    d.tier({kA, kA});
    EXPECT_EQ(d.ask(), kA);
    d.fail(silent());
    EXPECT_FALSE(d.ask());
}

TEST(RetryMachine, AsksAtMostThreeTimesOverAllTargets) {
    Driven d(snapshot_of(4));
    d.tier({kA, kB, kC, kD});
    for (const config::ModelId expected : {kA, kB, kC}) {
        EXPECT_EQ(d.ask(), expected);
        d.fail(down());
    }
    EXPECT_FALSE(d.ask());
    EXPECT_EQ(d.machine().attempts(), 3U);
    EXPECT_EQ(d.ending().reason, EndReason::Exhausted);
}

TEST(RetryMachine, AHigherTierUsesTheAttemptsThatAreLeftAndGetsOneAtLeast) {
    struct Case {
        const char* name;
        unsigned allowed;
        unsigned below;  ///< Attempts on the first tier, the last of which answers.
        unsigned above;  ///< Attempts that the second one gets.
    };
    for (const Case& c : {Case{"the draft came at once", 3, 1, 2}, Case{"at the second attempt", 3, 2, 1},
                          Case{"at the last attempt", 3, 3, 1}, Case{"one attempt allowed", 1, 1, 1}}) {
        SCOPED_TRACE(c.name);
        Driven d(with_attempts(4, c.allowed));
        d.tier({kA, kB});
        for (unsigned i = 1; i < c.below; ++i) {
            ASSERT_TRUE(d.ask());
            d.fail(down());
        }
        ASSERT_TRUE(d.ask());
        d.machine().succeeded(d.now);
        d.tier({kC, kD});
        unsigned above = 0;
        while (d.ask()) {
            ++above;
            d.fail(down());
        }
        EXPECT_EQ(above, c.above);
    }
}

TEST(RetryMachine, ASilentTargetIsNeverAskedAgainOnAnyTier) {
    for (const Error& error : {silent(), stalled()}) {
        SCOPED_TRACE(std::string(error.code()));
        Driven d(with_attempts(3, 10));
        d.tier({kA, kB});
        EXPECT_EQ(d.ask(), kA);
        d.fail(error);
        EXPECT_EQ(d.ask(), kB);
        d.machine().succeeded(d.now);
        d.tier({kA, kC});
        EXPECT_EQ(d.ask(), kC);
        d.fail(error);
        d.now += 1h;
        EXPECT_FALSE(d.ask());
        d.tier({kA, kC});
        EXPECT_FALSE(d.ask());
    }
}

TEST(RetryMachine, ATargetThatWillNotHelpIsNotAskedAgain) {
    for (const Error& error : {credentials(), out_of_quota(), not_found(),
                               Error::upstream(ErrorKind::UpstreamRejected, "rate_limit_exceeded", "Too large.").with_status(413),
                               Error::upstream(ErrorKind::UpstreamUnavailable, "upstream_tls_failed", "Who?")}) {
        SCOPED_TRACE(std::string(error.code()));
        Driven d(with_attempts(2, 10));
        d.tier({kA, kB});
        EXPECT_EQ(d.ask(), kA);
        d.fail(error);
        EXPECT_EQ(d.ask(), kB);
        d.fail(error);
        EXPECT_FALSE(d.ask());
    }
}

TEST(RetryMachine, PassingTroubleIsRetriedAtTheSameTarget) {
    for (const Error& error :
         {down(), limited(), cut(), garbled(),
          Error::upstream(ErrorKind::UpstreamUnavailable, "upstream_unavailable", "Refused the connection.")}) {
        SCOPED_TRACE(std::string(error.message()));
        Driven d(snapshot_of(1));
        d.tier({kA});
        for (int i = 0; i < 3; ++i) {
            EXPECT_EQ(d.ask(), kA);
            d.fail(error);
        }
        EXPECT_FALSE(d.ask());
    }
}

TEST(RetryMachine, ARefusalOfTheRequestEndsItOnEveryTier) {
    for (const Error& error :
         {refused(), filtered(), Error::upstream(ErrorKind::UpstreamRejected, "content_policy_violation", "No.").with_status(400),
          Error::upstream(ErrorKind::UpstreamRejected, "upstream_rejected", "No.").with_status(422), Error::internal("A bug."),
          Error::downstream(ErrorKind::ClientGone, "client_gone", "Gone.")}) {
        SCOPED_TRACE(std::string(error.code()));
        Driven d(snapshot_of(3));
        d.tier({kA, kB});
        EXPECT_EQ(d.ask(), kA);
        d.fail(error);
        EXPECT_FALSE(d.ask());
        EXPECT_EQ(d.ending().reason, EndReason::Refused);
        EXPECT_EQ(d.ending().error.code(), error.code());
        EXPECT_FALSE(d.ending().retry_after);
        d.tier({kC});
        EXPECT_FALSE(d.ask());
        EXPECT_EQ(d.machine().attempts(), 1U);
    }
}

TEST(RetryMachine, AContentFilterIsNotRoutedAround) {
    Driven d(snapshot_of(3));
    d.tier({kA, kB, kC});
    EXPECT_EQ(d.ask(), kA);
    d.fail(down());
    EXPECT_EQ(d.ask(), kB);
    d.fail(filtered());
    EXPECT_FALSE(d.ask());
    EXPECT_EQ(d.ending().error.code(), "content_filter") << "though another provider failed first";
}

TEST(RetryMachine, ARequestThatIsTooLongGoesOnOnlyToAWindowKnownToBeLarger) {
    struct Case {
        const char* name;
        std::vector<std::int64_t> windows;
        std::vector<config::ModelId> asked;
    };
    for (const Case& c : {
             Case{"a larger one", {8'000, 32'000}, {kA, kB}},
             Case{"the first larger one, not the largest", {8'000, 4'000, 16'000, 32'000}, {kA, kC, kD}},
             Case{"none larger", {32'000, 8'000, 4'000}, {kA}},
             Case{"an equal one is not larger", {8'000, 8'000}, {kA}},
             Case{"an unknown one is not known to be larger", {8'000, 0}, {kA}},
             Case{"larger than an unknown one is nothing", {0, 1'000'000}, {kA}},
             Case{"larger than both", {8'000, 16'000, 12'000, 32'000}, {kA, kB, kD}},
             Case{"nobody but itself", {8'000}, {kA}},
         }) {
        SCOPED_TRACE(c.name);
        Driven d(snapshot_of(c.windows));
        std::vector<config::ModelId> targets;
        for (std::size_t i = 0; i < c.windows.size(); ++i) {
            targets.push_back(config::ModelId(i));
        }
        d.tier(targets);
        std::vector<config::ModelId> asked;
        while (const auto model = d.ask()) {
            asked.push_back(*model);
            d.fail(too_long());
        }
        EXPECT_EQ(asked, c.asked);
        EXPECT_EQ(d.waited, 0ms);
        EXPECT_EQ(d.ending().reason, EndReason::Refused);
        EXPECT_EQ(d.ending().error.code(), "context_length_exceeded");
    }
}

TEST(RetryMachine, ARequestThatIsTooLongDoesNotGoBackToASmallerTargetThatWasMerelyDown) {
    config::Snapshot snapshot = snapshot_of(std::vector<std::int64_t>{4'000, 8'000, 16'000});
    snapshot.retry.attempts = 5;
    Driven d(std::move(snapshot));
    d.tier({kA, kB, kC});
    EXPECT_EQ(d.ask(), kA);
    d.fail(down());
    EXPECT_EQ(d.ask(), kB);
    d.fail(too_long());
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(d.ask(), kC);
        d.fail(down());
    }
    EXPECT_FALSE(d.ask());
    EXPECT_EQ(d.ending().error.code(), "context_length_exceeded") << "what the client can mend";
}

TEST(RetryMachine, AHigherTierMayHoldWhatWasTooLongBelow) {
    Driven d(snapshot_of(std::vector<std::int64_t>{8'000, 32'000, 0}));
    d.tier({kA, kB});
    EXPECT_EQ(d.ask(), kA);
    d.fail(too_long());
    EXPECT_EQ(d.ask(), kB);
    d.machine().succeeded(d.now);
    d.tier({kA, kC});
    EXPECT_EQ(d.ask(), kC) << "its window is not known; the model that refused is not asked again";
}

TEST(RetryMachine, TheSameTargetWaitsAnExponentialBackoffWithJitter) {
    struct Case {
        const char* name;
        double jitter;
        Milliseconds first;
        Milliseconds second;
    };
    for (const Case& c :
         {Case{"no jitter: half", 0.0, 100ms, 200ms}, Case{"middle", 0.5, 150ms, 300ms},
          Case{"out of range counts as the end of it", 7.0, 200ms, 400ms}, Case{"negative counts as none", -3.0, 100ms, 200ms},
          Case{"no number counts as none", std::numeric_limits<double>::quiet_NaN(), 100ms, 200ms}}) {
        SCOPED_TRACE(c.name);
        Driven d(snapshot_of(1));
        d.tier({kA});
        for (const Milliseconds expected : {c.first, c.second}) {
            EXPECT_EQ(d.ask(), kA);
            d.fail(down(), std::nullopt, c.jitter);
            const Step step = d.next();
            EXPECT_EQ(step.kind, Kind::Wait);
            EXPECT_EQ(step.wait, expected);
        }
        EXPECT_EQ(d.machine().fallbacks(), 0U);
    }
}

TEST(RetryMachine, TheBackoffStopsGrowingAtItsBound) {
    config::Snapshot snapshot = with_attempts(1, 40);
    snapshot.breaker.consecutive_failures = 1'000;
    snapshot.breaker.success_share_min = 0.0;
    Driven d(snapshot);
    d.tier({kA});
    Milliseconds last{0};
    while (d.ask()) {
        d.fail(down(), std::nullopt, 1.0);
        const Step step = d.next();
        EXPECT_LE(step.wait, 2'000ms);
        EXPECT_TRUE(step.kind == Kind::End || step.wait >= last);
        last = std::max(last, step.wait);
    }
    EXPECT_EQ(last, 2'000ms);
    EXPECT_EQ(d.machine().attempts(), 40U);
}

TEST(RetryMachine, TheWaitIsCountedFromTheFailure) {
    Driven d(snapshot_of(2));
    d.tier({kA, kB});
    EXPECT_EQ(d.ask(), kA);
    d.fail(limited(), 3s);
    EXPECT_EQ(d.ask(), kB);
    d.now += 2s;
    d.fail(silent());
    EXPECT_EQ(d.next().wait, 1s);
    d.now += 1s;
    const Step step = d.next();
    EXPECT_EQ(step.kind, Kind::Ask);
    EXPECT_EQ(step.model, kA);
    EXPECT_EQ(d.machine().fallbacks(), 2U);
}

TEST(RetryMachine, AWaitIsRoundedUpToAWholeMillisecond) {
    Driven d(snapshot_of(1));
    d.tier({kA});
    EXPECT_EQ(d.ask(), kA);
    d.fail(down());
    d.now += std::chrono::microseconds{1};
    EXPECT_EQ(d.next().wait, 100ms);
}

TEST(RetryMachine, WaitsAsLongAsTheProviderAsks) {
    for (const Error& error : {down(), limited()}) {
        SCOPED_TRACE(std::string(error.code()));
        Driven d(snapshot_of(1));
        d.tier({kA});
        EXPECT_EQ(d.ask(), kA);
        d.fail(error, 3s);
        EXPECT_EQ(d.next().wait, 3s);
        EXPECT_EQ(d.ask(), kA);
        EXPECT_EQ(d.now, kStart + 3s) << "not a moment earlier";
    }
}

TEST(RetryMachine, ARetryAfterOfZeroOrLessStillLeavesAPause) {
    for (const Milliseconds zero : {0ms, -5'000ms}) {
        Driven d(snapshot_of(1));
        d.tier({kA});
        EXPECT_EQ(d.ask(), kA);
        d.fail(down(), zero);
        EXPECT_EQ(d.next().wait, 100ms);
    }
}

TEST(RetryMachine, OnlyTheLatestRetryAfterCounts) {
    Driven d(snapshot_of(1));
    d.tier({kA});
    EXPECT_EQ(d.ask(), kA);
    d.fail(down(), 4s);
    EXPECT_EQ(d.ask(), kA);
    d.fail(down());
    EXPECT_EQ(d.next().wait, 200ms);
}

TEST(RetryMachine, ATargetThatAsksForTooMuchPatienceIsNotWaitedFor) {
    Driven d(snapshot_of(2));
    d.tier({kA, kB});
    EXPECT_EQ(d.ask(), kA);
    d.fail(limited(), 5'001ms);
    EXPECT_EQ(d.ask(), kB);
    d.fail(limited(), 5'000ms);
    EXPECT_EQ(d.ask(), kB);
    EXPECT_EQ(d.waited, 5s);
    d.fail(limited(), 1h);
    EXPECT_FALSE(d.ask());
}

TEST(RetryMachine, OfSeveralFailedTargetsTheOneWhoseTimeComesFirstIsAskedAgain) {
    Driven d(snapshot_of(2));
    d.tier({kA, kB});
    EXPECT_EQ(d.ask(), kA);
    d.fail(down(), 2s);
    EXPECT_EQ(d.ask(), kB);
    d.fail(down());
    EXPECT_EQ(d.ask(), kB);
}

TEST(RetryMachine, OfEqualTimesTheCheaperTargetIsAskedAgain) {
    Driven d(snapshot_of(2));
    d.tier({kB, kA});
    EXPECT_EQ(d.ask(), kB);
    d.fail(down());
    EXPECT_EQ(d.ask(), kA);
    d.fail(down());
    EXPECT_EQ(d.ask(), kB);
    EXPECT_EQ(d.machine().fallbacks(), 2U);
}

TEST(RetryMachine, AnotherTierIsNoFallback) {
    Driven d(snapshot_of(2));
    d.tier({kA});
    EXPECT_EQ(d.ask(), kA);
    d.machine().succeeded(d.now);
    d.tier({kB});
    EXPECT_EQ(d.ask(), kB);
    EXPECT_EQ(d.machine().fallbacks(), 0U);
}

/// Walks every sequence of failures and checks at each step what must hold whatever came before.
class EverySequence {
public:
    void run() {
        for (std::size_t targets = 1; targets <= 3; ++targets) {
            for (unsigned attempts = 1; attempts <= 4; ++attempts) {
                targets_ = targets;
                attempts_ = attempts;
                walk({});
            }
        }
    }
    [[nodiscard]] std::size_t ends() const { return ends_; }

private:
    struct Failure {
        const char* name;
        Error error;
        std::optional<Milliseconds> retry_after;
        bool final = false;
        bool rules_out = false;
    };

    static const std::vector<Failure>& failures() {
        static const std::vector<Failure> all{
            {"refused ", refused(), {}, true, false},         {"silent ", silent(), {}, false, true},
            {"credentials ", credentials(), {}, false, true}, {"down ", down(), {}, false, false},
            {"busy for 1 s ", limited(), 1s, false, false},   {"busy for an hour ", limited(), 1h, false, true},
        };
        return all;
    }

    void walk(const std::vector<std::size_t>& path) {
        Driven d(with_attempts(targets_, attempts_));
        std::vector<config::ModelId> targets;
        for (std::size_t i = 0; i < targets_; ++i) {
            targets.push_back(config::ModelId(i));
        }
        d.tier(targets);
        std::string name = std::to_string(targets_) + " targets, " + std::to_string(attempts_) + " attempts: ";
        std::vector<config::ModelId> asked;
        std::vector<config::ModelId> ruled_out;
        bool final = false;
        for (const std::size_t step : path) {
            const Failure& failure = failures()[step];
            name += failure.name;
            asked.push_back(*d.ask());
            d.fail(failure.error, failure.retry_after, 0.7);
            final = failure.final;
            if (failure.rules_out) {
                ruled_out.push_back(asked.back());
            }
        }
        SCOPED_TRACE(name);
        const SteadyTime before = d.now;
        const auto model = d.ask();
        ASSERT_EQ(model.has_value(), !final && ruled_out.size() < targets_ && asked.size() < attempts_);
        if (!model) {
            ASSERT_EQ(d.machine().attempts(), asked.size());
            ASSERT_EQ(d.ending().reason, final ? EndReason::Refused : EndReason::Exhausted);
            ++ends_;
            return;
        }
        ASSERT_EQ(std::count(ruled_out.begin(), ruled_out.end(), *model), 0);
        ASSERT_LE(d.now - before, 5s);
        if (asked.size() < targets_) {
            ASSERT_EQ(std::count(asked.begin(), asked.end(), *model), 0) << "others come first";
            ASSERT_EQ(d.now, before);
        }
        for (std::size_t failure = 0; failure < failures().size(); ++failure) {
            std::vector<std::size_t> longer = path;
            longer.push_back(failure);
            walk(longer);
        }
    }

    std::size_t targets_ = 0;
    unsigned attempts_ = 0;
    std::size_t ends_ = 0;
};

TEST(RetryMachine, HoldsItsPromisesInEverySequenceOfFailures) {
    EverySequence every;
    every.run();
    // Six kinds of failure, up to four deep: far fewer ends would mean that the walk was cut short.
    EXPECT_GT(every.ends(), 1'000U);
}

}  // namespace
}  // namespace tierway::upstream
