#include "tierway/upstream/attempt_machine.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace tierway::upstream {
namespace {

using config::ModelId;

constexpr ModelId kA{0};
constexpr ModelId kB{1};
constexpr ModelId kC{2};

Error refused() {
    return Error::upstream(ErrorKind::UpstreamRejected, "invalid_value", "No.").with_status(400);
}
Error silent() {
    return Error::upstream(ErrorKind::UpstreamTimeout, "upstream_timeout", "Silence.");
}
Error down() {
    return Error::upstream(ErrorKind::UpstreamUnavailable, "upstream_unavailable", "Down.");
}

TEST(AttemptMachine, AsksTheFirstTargetFirstAndAtOnce) {
    AttemptMachine machine({kA, kB});
    const auto attempt = machine.next(0.9);
    ASSERT_TRUE(attempt);
    EXPECT_EQ(attempt->model, kA);
    EXPECT_EQ(attempt->wait, Milliseconds{0});
    EXPECT_EQ(machine.attempts(), 1U);
    EXPECT_EQ(machine.fallbacks(), 0U);
}

TEST(AttemptMachine, WithoutTargetsAsksNobody) {
    AttemptMachine machine({});
    EXPECT_FALSE(machine.next(0.0));
    EXPECT_EQ(machine.attempts(), 0U);
}

TEST(AttemptMachine, WithoutAttemptsAllowedAsksNobody) {
    AttemptMachine machine({kA}, {.attempts_max = 0});
    EXPECT_FALSE(machine.next(0.0));
}

TEST(AttemptMachine, AsksAnotherTargetAtOnceBeforeTheSameOneAgain) {
    AttemptMachine machine({kA, kB});
    machine.next(0.5);
    machine.failed(down(), Milliseconds{100});
    const auto second = machine.next(0.5);
    ASSERT_TRUE(second);
    EXPECT_EQ(second->model, kB);
    EXPECT_EQ(second->wait, Milliseconds{0});
    EXPECT_EQ(machine.fallbacks(), 1U);
}

TEST(AttemptMachine, AFinalRefusalEndsItThoughOthersAreLeft) {
    AttemptMachine machine({kA, kB, kC});
    machine.next(0.0);
    machine.failed(refused());
    EXPECT_FALSE(machine.next(0.0));
    EXPECT_FALSE(machine.next(0.0));
    EXPECT_EQ(machine.attempts(), 1U);
}

TEST(AttemptMachine, ASilentOnlyTargetIsNotAskedAgain) {
    AttemptMachine machine({kA});
    machine.next(0.0);
    machine.failed(silent());
    EXPECT_FALSE(machine.next(0.0));
}

TEST(AttemptMachine, AModelNamedTwiceIsOneTarget) {
    AttemptMachine machine({kA, kA});
    machine.next(0.0);
    machine.failed(silent());
    EXPECT_FALSE(machine.next(0.0));
}

TEST(AttemptMachine, TheSameTargetWaitsAnExponentialBackoffWithJitter) {
    struct Case {
        const char* name;
        double jitter;
        Milliseconds first;
        Milliseconds second;
    };
    for (const Case& c : {Case{"no jitter: half", 0.0, Milliseconds{100}, Milliseconds{200}},
                          Case{"middle", 0.5, Milliseconds{150}, Milliseconds{300}},
                          Case{"out of range counts as the end of it", 7.0, Milliseconds{200}, Milliseconds{400}},
                          Case{"negative counts as none", -3.0, Milliseconds{100}, Milliseconds{200}}}) {
        SCOPED_TRACE(c.name);
        AttemptMachine machine({kA});
        machine.next(c.jitter);
        machine.failed(down());
        EXPECT_EQ(machine.next(c.jitter)->wait, c.first);
        machine.failed(down());
        EXPECT_EQ(machine.next(c.jitter)->wait, c.second);
        EXPECT_EQ(machine.fallbacks(), 0U);
    }
}

TEST(AttemptMachine, TheBackoffStopsGrowingAtItsBound) {
    AttemptMachine machine({kA}, {.attempts_max = 80});
    Milliseconds last{0};
    while (const auto attempt = machine.next(0.999'999)) {
        EXPECT_LE(attempt->wait, Milliseconds{2'000});
        EXPECT_GE(attempt->wait, last);
        last = attempt->wait;
        machine.failed(down());
    }
    EXPECT_EQ(last, Milliseconds{1'999});
    EXPECT_EQ(machine.attempts(), 80U);
}

TEST(AttemptMachine, WaitsAsLongAsTheProviderAsks) {
    AttemptMachine machine({kA});
    machine.next(0.0);
    machine.failed(down(), Milliseconds{3'000});
    EXPECT_EQ(machine.next(0.0)->wait, Milliseconds{3'000});
}

TEST(AttemptMachine, ARetryAfterOfZeroStillLeavesAPause) {
    AttemptMachine machine({kA});
    machine.next(0.0);
    machine.failed(down(), Milliseconds{0});
    EXPECT_EQ(machine.next(0.0)->wait, Milliseconds{100});
}

TEST(AttemptMachine, OnlyTheLatestRetryAfterCounts) {
    AttemptMachine machine({kA});
    machine.next(0.0);
    machine.failed(down(), Milliseconds{4'000});
    machine.next(0.0);
    machine.failed(down());
    EXPECT_EQ(machine.next(0.0)->wait, Milliseconds{200});
}

TEST(AttemptMachine, ATargetThatAsksForTooMuchPatienceIsNotWaitedFor) {
    AttemptMachine machine({kA, kB});
    machine.next(0.0);
    machine.failed(down(), Milliseconds{5'001});
    machine.next(0.0);
    machine.failed(down(), Milliseconds{5'000});
    const auto third = machine.next(0.0);
    ASSERT_TRUE(third);
    EXPECT_EQ(third->model, kB);
    EXPECT_EQ(third->wait, Milliseconds{5'000});
}

TEST(AttemptMachine, OfSeveralFailedTargetsTheOneWithTheShorterWaitIsAskedAgain) {
    AttemptMachine machine({kA, kB});
    machine.next(0.0);
    machine.failed(down(), Milliseconds{2'000});
    machine.next(0.0);
    machine.failed(down());
    EXPECT_EQ(machine.next(0.0)->model, kB);
}

TEST(AttemptMachine, OfEqualWaitsTheCheaperTargetIsAskedAgain) {
    AttemptMachine machine({kA, kB});
    machine.next(0.0);
    machine.failed(down());
    machine.next(0.0);
    machine.failed(down());
    EXPECT_EQ(machine.next(0.0)->model, kA);
    EXPECT_EQ(machine.fallbacks(), 2U);
}

/// Walks every sequence of failures and checks at each step what must hold whatever came before.
class EverySequence {
public:
    void run() {
        for (std::size_t targets = 1; targets <= 3; ++targets) {
            for (unsigned attempts = 1; attempts <= 3; ++attempts) {
                targets_ = targets;
                limits_.attempts_max = attempts;
                std::vector<ModelId> models;
                for (std::size_t i = 0; i < targets; ++i) {
                    models.push_back(ModelId(i));
                }
                walk(AttemptMachine(models, limits_), {}, "");
            }
        }
    }
    [[nodiscard]] std::size_t ends() const { return ends_; }

private:
    struct Failure {
        const char* name;
        Error error;
        std::optional<Milliseconds> retry_after;
    };
    struct Past {
        std::vector<ModelId> asked;
        std::set<ModelId> ruled_out;
        bool final = false;
    };

    static const std::vector<Failure>& failures() {
        static const std::vector<Failure> all{
            {"refused ", refused(), {}},
            {"silent ", silent(), {}},
            {"credentials ", Error::upstream(ErrorKind::UpstreamUnavailable, "upstream_refused_credentials", "401."), {}},
            {"down ", down(), {}},
            {"busy for 1 s ", down(), Milliseconds{1'000}},
            {"busy for an hour ", down(), Milliseconds{3'600'000}},
        };
        return all;
    }

    void walk(AttemptMachine machine, const Past& past, const std::string& path) {
        SCOPED_TRACE(std::to_string(targets_) + " targets, " + std::to_string(limits_.attempts_max) + " attempts: " + path);
        const auto attempt = machine.next(0.7);
        const bool somebody_left = past.ruled_out.size() < targets_;
        const bool expected = !past.final && somebody_left && past.asked.size() < limits_.attempts_max;
        ASSERT_EQ(attempt.has_value(), expected);
        if (!attempt) {
            ASSERT_EQ(machine.attempts(), past.asked.size());
            ++ends_;
            return;
        }
        const std::set<ModelId> asked(past.asked.begin(), past.asked.end());
        ASSERT_FALSE(past.ruled_out.contains(attempt->model));
        ASSERT_LE(attempt->wait, limits_.retry_after_max);
        if (asked.size() < targets_) {
            ASSERT_FALSE(asked.contains(attempt->model)) << "others come first";
            ASSERT_EQ(attempt->wait, Milliseconds{0});
        } else {
            ASSERT_GE(attempt->wait, limits_.backoff_first / 2);
        }
        for (const Failure& failure : failures()) {
            AttemptMachine next = machine;
            Past then = past;
            then.asked.push_back(attempt->model);
            next.failed(failure.error, failure.retry_after);
            const std::string name = failure.name;
            then.final = name == "refused ";
            if (name == "silent " || name == "credentials " || name == "busy for an hour ") {
                then.ruled_out.insert(attempt->model);
            }
            walk(next, then, path + failure.name);
        }
    }

    std::size_t targets_ = 0;
    RetryLimits limits_;
    std::size_t ends_ = 0;
};

TEST(AttemptMachine, HoldsItsPromisesInEverySequenceOfFailures) {
    EverySequence every;
    every.run();
    // Six kinds of failure, up to three deep: far fewer ends would mean that the walk was cut short.
    EXPECT_GT(every.ends(), 300U);
}

}  // namespace
}  // namespace tierway::upstream
