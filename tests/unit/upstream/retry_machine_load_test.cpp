#include <functional>
#include <string>

#include "upstream/driven_machine.hpp"

namespace tierway::upstream {
namespace {

using namespace std::chrono_literals;
using namespace test;

/// Requests at a steady pace against two models, of which the second is always well. What a model says it says at once.
class Load {
public:
    using Answers = std::function<bool(config::ModelId model, SteadyTime now)>;

    explicit Load(Answers answers) : answers_(std::move(answers)) {}

    void run(SteadyTime from, SteadyTime to, Milliseconds pace) {
        for (SteadyTime now = from; now < to; now += pace) {
            request(now);
            if (const bool in_service = board.health(kA, now).state == BreakerState::Closed; in_service != in_service_) {
                in_service_ = in_service;
                changes.push_back(now);
            }
        }
    }

    config::Snapshot snapshot = snapshot_of(2);
    HealthBoard board{snapshot, kStart};
    unsigned requests = 0;
    unsigned answered = 0;
    unsigned attempts = 0;
    std::vector<SteadyTime> asked_first;  ///< When the first model was asked.
    std::vector<SteadyTime> changes;      ///< When the first model went in or out of service.

private:
    void request(SteadyTime now) {
        ++requests;
        RetryMachine machine(snapshot, board);
        machine.begin_tier(std::vector{kA, kB});
        for (Step step = machine.next(now); step.kind != Step::Kind::End; step = machine.next(now)) {
            if (step.kind == Step::Kind::Wait) {
                now += step.wait;
                continue;
            }
            ++attempts;
            if (step.model == kA) {
                asked_first.push_back(now);
            }
            if (answers_(step.model, now)) {
                machine.succeeded(now);
                ++answered;
                return;
            }
            machine.failed(down(), std::nullopt, now, 0.5);
        }
    }

    Answers answers_;
    bool in_service_ = true;
};

/// RELIABILITY.md section 8, row 5.
TEST(RetryMachineUnderLoad, AModelThatComesAndGoesCostsNoAnswerAndDoesNotFlap) {
    Load load([](config::ModelId model, SteadyTime now) { return model == kB || (now - kStart) / 1s % 2 == 1; });
    load.run(kStart, kStart + 60s, 10ms);
    EXPECT_GE(static_cast<double>(load.answered), 0.99 * static_cast<double>(load.requests));
    ASSERT_GE(load.changes.size(), 3U) << "or nothing was tried";
    for (std::size_t i = 1; i < load.changes.size(); ++i) {
        EXPECT_GE(load.changes[i] - load.changes[i - 1], 5s);
    }
}

/// RELIABILITY.md section 8, row 3: a storm of 503 for a minute at 500 requests a second.
TEST(RetryMachineUnderLoad, AStormCostsNoAnswerFewAttemptsAndEndsSoonAfterItself) {
    const SteadyTime over = kStart + 60s;
    Load load([over](config::ModelId model, SteadyTime now) { return model == kB || now >= over; });
    load.run(kStart, over, 2ms);
    EXPECT_EQ(load.answered, load.requests);
    EXPECT_LE(static_cast<double>(load.attempts), 1.2 * static_cast<double>(load.requests));
    ASSERT_GT(load.asked_first.size(), 5U) << "five until it opens, then probes";
    for (std::size_t i = 6; i < load.asked_first.size(); ++i) {
        EXPECT_GE(load.asked_first[i] - load.asked_first[i - 1], 5s) << "a probe each five seconds at most";
    }
    load.run(over, over + 30s, 2ms);
    EXPECT_EQ(load.board.health(kA, over + 30s).state, BreakerState::Closed) << "back within thirty seconds";
    EXPECT_EQ(load.answered, load.requests);
}

TEST(RetryMachineUnderLoad, WithoutAFallbackADeadModelIsAnsweredForAtOnce) {
    Load load([](config::ModelId, SteadyTime) { return false; });
    load.run(kStart, kStart + 10s, 10ms);
    EXPECT_EQ(load.answered, 0U);
    EXPECT_LE(load.attempts, 60U) << "a thousand requests, and a handful of attempts until both breakers are open";
}

/// Requests that are under way together, each of which fails once: the retries of all stay within the budget.
TEST(RetryMachineUnderLoad, RetriesUnderWayStayWithinTheBudget) {
    config::Snapshot snapshot = snapshot_of(1);
    snapshot.breaker.consecutive_failures = 1'000;
    snapshot.breaker.success_share_min = 0.0;
    HealthBoard board(snapshot, kStart);
    std::vector<RetryMachine> machines;
    machines.reserve(100);
    for (int i = 0; i < 100; ++i) {
        machines.emplace_back(snapshot, board);
        machines.back().begin_tier(std::vector{kA});
        ASSERT_EQ(machines.back().next(kStart).kind, Step::Kind::Ask);
    }
    // Sixty fail, forty are still under way.
    const SteadyTime later = kStart + 1s;
    unsigned retried = 0;
    for (std::size_t i = 0; i < 60; ++i) {
        machines[i].failed(down(), std::nullopt, kStart, 0.5);
    }
    for (std::size_t i = 0; i < 60; ++i) {
        retried += machines[i].next(later).kind == Step::Kind::Ask ? 1U : 0U;
    }
    EXPECT_EQ(retried, 10U) << "a fifth of the fifty that are under way then";
    EXPECT_EQ(board.health(kA, later).retries_in_flight, 10U);
}

}  // namespace
}  // namespace tierway::upstream
