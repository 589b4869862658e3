#include "tierway/upstream/health_board.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <utility>

#include "upstream/models.hpp"

namespace tierway::upstream {
namespace {

using namespace std::chrono_literals;
using namespace test;

constexpr SteadyTime kStart{1'000s};
constexpr AttemptKind kFirst = AttemptKind::First;
constexpr AttemptKind kRetry = AttemptKind::Retry;

void attempt(HealthBoard& board, config::ModelId model, Evidence evidence, SteadyTime now = kStart) {
    Permit permit = board.admit(model, kFirst, now);
    ASSERT_TRUE(permit);
    permit.settle(evidence, now);
}

void break_it(HealthBoard& board, config::ModelId model, SteadyTime now = kStart) {
    for (int i = 0; i < 5; ++i) {
        attempt(board, model, Evidence::Failing, now);
    }
}

TEST(HealthBoard, EveryModelIsWellAtFirst) {
    const HealthBoard board(snapshot_of(2), kStart);
    EXPECT_EQ(board.size(), 2U);
    for (const config::ModelId model : {kA, kB}) {
        const ModelHealth health = board.health(model, kStart);
        EXPECT_EQ(health.state, BreakerState::Closed);
        EXPECT_EQ(health.since, kStart);
        EXPECT_EQ(health.consecutive_failures, 0U);
        EXPECT_EQ(health.openings, 0U);
        EXPECT_FALSE(health.open_until);
        EXPECT_FALSE(health.cooling_until);
        EXPECT_EQ(health.in_flight, 0U);
        EXPECT_EQ(health.retries_in_flight, 0U);
        EXPECT_EQ(board.available_at(model, kStart), kStart);
    }
}

TEST(HealthBoard, OneModelsTroubleIsNotAnothers) {
    HealthBoard board(snapshot_of(2), kStart);
    break_it(board, kA);
    EXPECT_FALSE(board.admit(kA, kFirst, kStart));
    EXPECT_TRUE(board.admit(kB, kFirst, kStart));
    EXPECT_EQ(board.health(kB, kStart).consecutive_failures, 0U);
}

TEST(HealthBoard, ShowsWhatTheBreakerKnows) {
    HealthBoard board(snapshot_of(1), kStart);
    break_it(board, kA, kStart + 1s);
    const ModelHealth health = board.health(kA, kStart + 2s);
    EXPECT_EQ(health.state, BreakerState::Open);
    EXPECT_EQ(health.since, kStart + 1s);
    EXPECT_EQ(health.consecutive_failures, 5U);
    EXPECT_EQ(health.openings, 1U);
    EXPECT_EQ(health.open_until, kStart + 6s);
    EXPECT_EQ(board.available_at(kA, kStart + 2s), kStart + 6s);
    EXPECT_EQ(board.health(kA, kStart + 6s).state, BreakerState::HalfOpen);
}

TEST(Permit, CountsAnAttemptUntilItIsSettled) {
    HealthBoard board(snapshot_of(1), kStart);
    Permit first = board.admit(kA, kFirst, kStart);
    Permit retry = board.admit(kA, kRetry, kStart);
    EXPECT_EQ(board.health(kA, kStart).in_flight, 2U);
    EXPECT_EQ(board.health(kA, kStart).retries_in_flight, 1U);
    retry.settle(Evidence::Failing, kStart);
    EXPECT_FALSE(retry);
    EXPECT_EQ(board.health(kA, kStart).in_flight, 1U);
    EXPECT_EQ(board.health(kA, kStart).retries_in_flight, 0U);
    first.settle(Evidence::Healthy, kStart);
    EXPECT_EQ(board.health(kA, kStart).in_flight, 0U);
}

TEST(Permit, IsGivenBackOnceWhereverItGoes) {
    HealthBoard board(snapshot_of(2), kStart);
    {
        Permit a = board.admit(kA, kFirst, kStart);
        Permit moved(std::move(a));
        EXPECT_FALSE(a);  // NOLINT(bugprone-use-after-move): what is left behind is no permit.
        EXPECT_TRUE(moved);
        EXPECT_EQ(board.health(kA, kStart).in_flight, 1U);
        Permit b = board.admit(kB, kFirst, kStart);
        b = std::move(moved);
        EXPECT_EQ(board.health(kA, kStart).in_flight, 1U);
        EXPECT_EQ(board.health(kB, kStart).in_flight, 0U) << "given back at once";
        b.settle(Evidence::Healthy, kStart);
        Permit none;
        EXPECT_FALSE(none);
    }
    EXPECT_EQ(board.health(kA, kStart).in_flight, 0U);
    EXPECT_EQ(board.health(kB, kStart).in_flight, 0U);
}

TEST(Permit, DestroyedUnsettledSaysNothingAndReleasesTheProbe) {
    HealthBoard board(snapshot_of(1), kStart);
    break_it(board, kA);
    const SteadyTime later = kStart + 5s;
    {
        const Permit probe = board.admit(kA, kFirst, later);
        ASSERT_TRUE(probe);
        EXPECT_FALSE(board.admit(kA, kFirst, later)) << "one probe at a time";
        EXPECT_EQ(board.available_at(kA, later), later + 1s);
    }
    EXPECT_EQ(board.health(kA, later).state, BreakerState::HalfOpen);
    EXPECT_EQ(board.health(kA, later).in_flight, 0U);
    attempt(board, kA, Evidence::Healthy, later);
    EXPECT_EQ(board.health(kA, later).state, BreakerState::Closed);
}

TEST(Permit, AnAnswerThatHasBegunLetsOthersFollowTheProbe) {
    HealthBoard board(snapshot_of(1), kStart);
    break_it(board, kA);
    Permit probe = board.admit(kA, kFirst, kStart + 5s);
    ASSERT_TRUE(probe);
    probe.answering(kStart + 6s);
    EXPECT_TRUE(board.admit(kA, kFirst, kStart + 6s));
    EXPECT_EQ(board.health(kA, kStart + 6s).in_flight, 1U) << "the probe itself is still under way";
    probe.settle(Evidence::Failing, kStart + 60s);
    EXPECT_EQ(board.health(kA, kStart + 60s).consecutive_failures, 1U);
}

TEST(Permit, MayCoolTheModelDown) {
    HealthBoard board(snapshot_of(1), kStart);
    Permit permit = board.admit(kA, kFirst, kStart);
    permit.settle(Evidence::None, kStart, 3s);
    EXPECT_FALSE(board.admit(kA, kFirst, kStart + 2'999ms));
    EXPECT_EQ(board.health(kA, kStart).cooling_until, kStart + 3s);
    EXPECT_EQ(board.health(kA, kStart).state, BreakerState::Closed);
    EXPECT_TRUE(board.admit(kA, kFirst, kStart + 3s));
}

TEST(RetryBudget, IsTheLargerOfThreeAndAFifthOfWhatIsUnderWay) {
    struct Case {
        const char* name;
        unsigned firsts;
        unsigned retries;
    };
    for (const Case& c :
         {Case{"nobody else there", 0, 3}, Case{"few there", 10, 3}, Case{"twelve there: still three of fifteen", 12, 3},
          Case{"sixteen there: four of twenty", 16, 4}, Case{"a hundred there", 100, 25}}) {
        SCOPED_TRACE(c.name);
        HealthBoard board(snapshot_of(1), kStart);
        std::vector<Permit> held;
        for (unsigned i = 0; i < c.firsts; ++i) {
            held.push_back(board.admit(kA, kFirst, kStart));
        }
        unsigned retries = 0;
        for (Permit permit = board.admit(kA, kRetry, kStart); permit; permit = board.admit(kA, kRetry, kStart)) {
            held.push_back(std::move(permit));
            ++retries;
        }
        EXPECT_EQ(retries, c.retries);
        EXPECT_LE(static_cast<double>(retries), std::max(3.0, 0.2 * static_cast<double>(held.size())));
        EXPECT_TRUE(board.admit(kA, kFirst, kStart)) << "a first attempt is never limited";
        held.pop_back();
        EXPECT_TRUE(board.admit(kA, kRetry, kStart)) << "there is room again";
    }
}

TEST(RetryBudget, OfNothingForbidsEveryRetry) {
    config::Snapshot snapshot = snapshot_of(1);
    snapshot.retry.budget_share = 0.0;
    snapshot.retry.budget_min = 0;
    HealthBoard board(snapshot, kStart);
    const Permit first = board.admit(kA, kFirst, kStart);
    EXPECT_TRUE(first);
    EXPECT_FALSE(board.admit(kA, kRetry, kStart));
}

TEST(RetryBudget, ARefusedRetryTakesNoProbe) {
    config::Snapshot snapshot = snapshot_of(1);
    snapshot.retry.budget_share = 0.0;
    snapshot.retry.budget_min = 0;
    HealthBoard board(snapshot, kStart);
    break_it(board, kA);
    EXPECT_FALSE(board.admit(kA, kRetry, kStart + 5s));
    EXPECT_TRUE(board.admit(kA, kFirst, kStart + 5s));
}

TEST(HealthBoard, AReloadKeepsTheStateOfTheSameDeployment) {
    HealthBoard old(snapshot_of(3), kStart);
    break_it(old, kB);
    // The same models in another order: an id of one snapshot means nothing in another.
    config::Snapshot snapshot = snapshot_of(3);
    std::swap(snapshot.models[0], snapshot.models[1]);
    const HealthBoard board(snapshot, kStart + 1s, &old);
    EXPECT_EQ(board.health(kA, kStart + 1s).state, BreakerState::Open);
    EXPECT_EQ(board.health(kA, kStart + 1s).open_until, kStart + 5s);
    EXPECT_EQ(board.health(kB, kStart + 1s).state, BreakerState::Closed);
}

TEST(HealthBoard, AReloadForgetsADeploymentThatIsAnotherNow) {
    struct Case {
        const char* name;
        void (*change)(config::Snapshot&);
    };
    for (const Case& c : {
             Case{"name", [](config::Snapshot& s) { s.models[0].name = "p/other"; }},
             Case{"name there", [](config::Snapshot& s) { s.models[0].upstream_name = "other"; }},
             Case{"host", [](config::Snapshot& s) { s.providers[0].base_url.host = "127.0.0.2"; }},
             Case{"port", [](config::Snapshot& s) { s.providers[0].base_url.port = 8001; }},
             Case{"path", [](config::Snapshot& s) { s.providers[0].base_url.prefix = "/v2"; }},
             Case{"scheme", [](config::Snapshot& s) { s.providers[0].base_url.tls = true; }},
         }) {
        SCOPED_TRACE(c.name);
        HealthBoard old(snapshot_of(1), kStart);
        break_it(old, kA);
        config::Snapshot snapshot = snapshot_of(1);
        c.change(snapshot);
        const HealthBoard board(snapshot, kStart + 1s, &old);
        EXPECT_EQ(board.health(kA, kStart + 1s).state, BreakerState::Closed);
        EXPECT_EQ(old.health(kA, kStart + 1s).state, BreakerState::Open);
    }
}

TEST(HealthBoard, RequestsUnderWayDuringAReloadCountOnBothBoards) {
    auto old = std::make_unique<HealthBoard>(snapshot_of(1), kStart);
    Permit under_way = old->admit(kA, kFirst, kStart);
    HealthBoard board(snapshot_of(1), kStart, old.get());
    EXPECT_EQ(board.health(kA, kStart).in_flight, 1U);
    break_it(board, kA);
    EXPECT_FALSE(old->admit(kA, kFirst, kStart)) << "what the new board learns the old one knows";
    under_way.settle(Evidence::Healthy, kStart);
    EXPECT_EQ(board.health(kA, kStart).in_flight, 0U);
    old.reset();
    EXPECT_EQ(board.health(kA, kStart).state, BreakerState::Open);
}

TEST(HealthBoard, AReloadAppliesTheNewLimits) {
    HealthBoard old(snapshot_of(1), kStart);
    config::Snapshot snapshot = snapshot_of(1);
    snapshot.breaker.consecutive_failures = 1;
    snapshot.breaker.open_first = 7s;
    snapshot.retry.budget_min = 1;
    HealthBoard board(snapshot, kStart, &old);
    const Permit retry = board.admit(kA, kRetry, kStart);
    EXPECT_FALSE(board.admit(kA, kRetry, kStart));
    attempt(board, kA, Evidence::Failing);
    EXPECT_EQ(board.health(kA, kStart).open_until, kStart + 7s);
}

/// For the sanitizers too: workers share the board.
TEST(HealthBoard, WorkersThatShareItLoseNothing) {
    constexpr int kWorkers = 4;
    constexpr int kRounds = 20'000;
    HealthBoard board(snapshot_of(2), kStart);
    std::atomic<unsigned> admitted{0};
    std::vector<std::thread> workers;
    for (int worker = 0; worker < kWorkers; ++worker) {
        workers.emplace_back([&, worker] {
            for (int round = 0; round < kRounds; ++round) {
                const SteadyTime now = kStart + Milliseconds(round);
                const bool even = (round + worker) % 2 == 0;
                Permit permit = board.admit(even ? kA : kB, round % 7 == 0 ? kRetry : kFirst, now);
                if (!permit) {
                    continue;
                }
                ++admitted;
                if (round % 5 == 0) {
                    continue;  // The client left.
                }
                permit.settle(even && round / 1'000 % 2 == 0 ? Evidence::Failing : Evidence::Healthy, now);
            }
        });
    }
    for (std::thread& worker : workers) {
        worker.join();
    }
    EXPECT_GT(admitted.load(), static_cast<unsigned>(kRounds)) << "at least all that asked B";
    EXPECT_GT(board.health(kA, kStart).openings, 0U);
    for (const config::ModelId model : {kA, kB}) {
        EXPECT_EQ(board.health(model, kStart).in_flight, 0U);
        EXPECT_EQ(board.health(model, kStart).retries_in_flight, 0U);
    }
    EXPECT_EQ(board.health(kB, kStart).openings, 0U);
}

}  // namespace
}  // namespace tierway::upstream
