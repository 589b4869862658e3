#include "tierway/upstream/breaker.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace tierway::upstream {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime kStart{1'000s};
const config::BreakerLimits kLimits{};

/// A breaker with a clock that the test moves.
struct Patient {
    SteadyTime now = kStart;
    Breaker breaker{kLimits, kStart};

    /// One attempt from beginning to end; false when it is not let through.
    bool attempt(Evidence evidence) {
        const auto ticket = breaker.admit(now);
        if (ticket) {
            breaker.settle(*ticket, evidence, now);
        }
        return ticket.has_value();
    }
    void attempts(unsigned count, Evidence evidence) {
        for (unsigned i = 0; i < count; ++i) {
            ASSERT_TRUE(attempt(evidence)) << i;
        }
    }
    void break_it() { attempts(kLimits.consecutive_failures, Evidence::Failing); }
    [[nodiscard]] BreakerState state() const { return breaker.state(now); }
    [[nodiscard]] Milliseconds wait() const { return std::chrono::duration_cast<Milliseconds>(breaker.available_at(now) - now); }
};

TEST(Breaker, IsClosedAtFirst) {
    Patient p;
    EXPECT_EQ(p.state(), BreakerState::Closed);
    EXPECT_EQ(p.wait(), 0ms);
    EXPECT_EQ(p.breaker.since(), kStart);
    EXPECT_FALSE(p.breaker.open_until(p.now));
    EXPECT_FALSE(p.breaker.cooling_until(p.now));
    EXPECT_EQ(p.breaker.openings(), 0U);
}

TEST(Breaker, LetsAnAttemptThroughThatLookedAtTheClockBeforeItWasMade) {
    Patient p;
    p.now -= 1ms;
    EXPECT_TRUE(p.attempt(Evidence::Healthy));
}

TEST(Breaker, OpensAtTheFifthFailureInARow) {
    Patient p;
    p.attempts(4, Evidence::Failing);
    EXPECT_EQ(p.state(), BreakerState::Closed);
    EXPECT_EQ(p.breaker.consecutive_failures(), 4U);
    p.now += 1s;
    p.attempts(1, Evidence::Failing);
    EXPECT_EQ(p.state(), BreakerState::Open);
    EXPECT_EQ(p.breaker.since(), p.now);
    EXPECT_EQ(p.breaker.open_until(p.now), p.now + 5s);
    EXPECT_EQ(p.breaker.openings(), 1U);
    EXPECT_FALSE(p.attempt(Evidence::Healthy));
}

TEST(Breaker, ASuccessInBetweenStartsTheCountAnew) {
    Patient p;
    for (int i = 0; i < 4; ++i) {
        p.attempts(4, Evidence::Healthy);
        p.attempts(4, Evidence::Failing);
    }
    EXPECT_EQ(p.state(), BreakerState::Closed);
}

TEST(Breaker, WhatSaysNothingNeitherCountsNorInterruptsTheCount) {
    Patient p;
    p.attempts(4, Evidence::Failing);
    p.attempts(100, Evidence::None);
    EXPECT_EQ(p.state(), BreakerState::Closed);
    p.attempts(1, Evidence::Failing);
    EXPECT_EQ(p.state(), BreakerState::Open);
}

TEST(Breaker, OpensWhenFewerThanHalfOfTheWindowsAttemptsGoWell) {
    struct Case {
        const char* name;
        unsigned failing;
        unsigned healthy;
        BreakerState state;
    };
    for (const Case& c :
         {Case{"11 of 20 fail", 11, 9, BreakerState::Open}, Case{"10 of 20 fail: half is enough", 10, 10, BreakerState::Closed},
          Case{"11 of 19 fail: too few to tell", 11, 8, BreakerState::Closed},
          Case{"50 of 100 fail", 50, 50, BreakerState::Closed}}) {
        SCOPED_TRACE(c.name);
        Patient p;
        // Four failures in a row at most, and as late as they can be, so that the share is at its lowest at the end.
        const unsigned between = (c.failing - 1) / 4;
        p.attempts(c.healthy - between, Evidence::Healthy);
        for (unsigned failure = 0; failure < c.failing; ++failure) {
            if (failure > 0 && failure % 4 == 0) {
                p.attempts(1, Evidence::Healthy);
            }
            p.attempts(1, Evidence::Failing);
        }
        EXPECT_EQ(p.state(), c.state);
    }
}

TEST(Breaker, ForgetsWhatIsOlderThanTheWindow) {
    // Eighteen attempts of which half fail, then two failures: with the old ones 11 of 20 fail, without them nobody can tell.
    for (const auto& [pause, state] : {std::pair{8s, BreakerState::Open}, std::pair{10s, BreakerState::Closed}}) {
        SCOPED_TRACE(pause.count());
        Patient p;
        for (int i = 0; i < 9; ++i) {
            p.attempts(1, Evidence::Failing);
            p.attempts(1, Evidence::Healthy);
        }
        p.now += pause;
        p.attempts(2, Evidence::Failing);
        EXPECT_EQ(p.state(), state);
    }
}

TEST(Breaker, ARefusalIsNoPartOfTheShare) {
    Patient p;
    p.attempts(50, Evidence::None);
    for (int i = 0; i < 9; ++i) {
        p.attempts(1, Evidence::Healthy);
        p.attempts(1, Evidence::Failing);
    }
    p.attempts(1, Evidence::Failing);
    EXPECT_EQ(p.state(), BreakerState::Closed) << "10 of 19";
    p.attempts(1, Evidence::Failing);
    EXPECT_EQ(p.state(), BreakerState::Open) << "11 of 20";
}

TEST(Breaker, LetsNobodyThroughWhileItIsOpenAndOneProbeAfterwards) {
    Patient p;
    p.break_it();
    p.now += 4'999ms;
    EXPECT_EQ(p.state(), BreakerState::Open);
    EXPECT_EQ(p.wait(), 1ms);
    EXPECT_FALSE(p.breaker.admit(p.now));
    p.now += 1ms;
    EXPECT_EQ(p.state(), BreakerState::HalfOpen);
    EXPECT_EQ(p.wait(), 0ms);
    EXPECT_FALSE(p.breaker.open_until(p.now));
    const auto probe = p.breaker.admit(p.now);
    ASSERT_TRUE(probe);
    EXPECT_TRUE(probe->probe);
    EXPECT_EQ(p.state(), BreakerState::HalfOpen);
    EXPECT_EQ(p.wait(), 1s) << "nobody knows how long the probe takes";
    p.now += 1h;
    EXPECT_FALSE(p.breaker.admit(p.now)) << "one at a time, however long it takes";
}

TEST(Breaker, AProbeThatAnswersClosesIt) {
    Patient p;
    p.break_it();
    p.now += 5s;
    EXPECT_TRUE(p.attempt(Evidence::Healthy));
    EXPECT_EQ(p.state(), BreakerState::Closed);
    EXPECT_EQ(p.breaker.since(), p.now);
    EXPECT_EQ(p.breaker.consecutive_failures(), 0U);
    EXPECT_TRUE(p.breaker.admit(p.now));
    EXPECT_TRUE(p.breaker.admit(p.now)) << "no longer one at a time";
}

TEST(Breaker, AProbeThatFailsDoublesTheTimeUpToItsBound) {
    Patient p;
    p.break_it();
    const SteadyTime opened = p.now;
    for (const auto expected : {5s, 10s, 20s, 40s, 60s, 60s, 60s}) {
        EXPECT_EQ(p.breaker.open_until(p.now), p.now + expected);
        p.now += expected;
        EXPECT_TRUE(p.attempt(Evidence::Failing));
        EXPECT_EQ(p.state(), BreakerState::Open);
    }
    EXPECT_EQ(p.breaker.since(), opened) << "it has not been closed since";
    EXPECT_EQ(p.breaker.openings(), 1U);
    for (int i = 0; i < 100; ++i) {
        p.now += 60s;
        EXPECT_TRUE(p.attempt(Evidence::Failing));
        EXPECT_EQ(p.wait(), 60s);
    }
}

TEST(Breaker, AProbeThatSaysNothingMakesRoomForTheNext) {
    Patient p;
    p.break_it();
    p.now += 5s;
    EXPECT_TRUE(p.attempt(Evidence::None));
    EXPECT_EQ(p.state(), BreakerState::HalfOpen);
    EXPECT_TRUE(p.attempt(Evidence::None));
    EXPECT_TRUE(p.attempt(Evidence::Healthy));
    EXPECT_EQ(p.state(), BreakerState::Closed);
}

TEST(Breaker, AProbesAnswerThatHasBegunClosesItAndItsEndStillCounts) {
    Patient p;
    p.break_it();
    p.now += 5s;
    auto probe = p.breaker.admit(p.now);
    ASSERT_TRUE(probe);
    p.now += 1s;
    p.breaker.answering(*probe, p.now);
    EXPECT_EQ(p.state(), BreakerState::Closed);
    p.now += 9min;
    p.breaker.settle(*probe, Evidence::Failing, p.now);
    EXPECT_EQ(p.state(), BreakerState::Closed);
    EXPECT_EQ(p.breaker.consecutive_failures(), 1U);
}

TEST(Breaker, AnOrdinaryAnswerThatBeginsChangesNothing) {
    Patient p;
    auto ticket = p.breaker.admit(p.now);
    ASSERT_TRUE(ticket);
    p.attempts(3, Evidence::Failing);
    p.breaker.answering(*ticket, p.now);
    EXPECT_EQ(p.breaker.consecutive_failures(), 3U);
    EXPECT_EQ(p.breaker.since(), kStart);
}

TEST(Breaker, EvidenceFromBeforeTheStateChangedIsDropped) {
    for (const Evidence late : {Evidence::Healthy, Evidence::Failing, Evidence::None}) {
        SCOPED_TRACE(static_cast<int>(late));
        Patient p;
        const auto before = p.breaker.admit(p.now);
        ASSERT_TRUE(before);
        p.break_it();
        p.breaker.settle(*before, late, p.now);
        EXPECT_EQ(p.state(), BreakerState::Open);
        p.now += 5s;
        const auto probe = p.breaker.admit(p.now);
        ASSERT_TRUE(probe);
        p.breaker.settle(*before, late, p.now);
        EXPECT_EQ(p.state(), BreakerState::HalfOpen);
        EXPECT_FALSE(p.breaker.admit(p.now)) << "the probe is still out";
        p.breaker.settle(*probe, Evidence::Healthy, p.now);
        p.breaker.settle(*before, late, p.now);
        EXPECT_EQ(p.breaker.consecutive_failures(), 0U) << "what it says is of another time";
    }
}

TEST(Breaker, AModelThatJustCameBackIsGivenTimeBeforeItOpensAnew) {
    Patient p;
    p.break_it();
    p.now += 5s;
    p.attempts(1, Evidence::Healthy);
    p.now += 4'999ms;
    p.attempts(50, Evidence::Failing);
    EXPECT_EQ(p.state(), BreakerState::Closed);
    p.now += 1ms;
    p.attempts(1, Evidence::Failing);
    EXPECT_EQ(p.state(), BreakerState::Open) << "what failed in that time counts at its end";
}

TEST(Breaker, ARelapseDoublesTheTimeAndStayingWellForgetsIt) {
    struct Case {
        const char* name;
        Milliseconds well;
        Milliseconds open;
    };
    for (const Case& c : {Case{"fails at once", 0ms, 10s}, Case{"stays well for almost the longest opening", 59'999ms, 10s},
                          Case{"stays well", 60s, 5s}}) {
        SCOPED_TRACE(c.name);
        Patient p;
        p.break_it();
        p.now += 5s;
        p.attempts(1, Evidence::Healthy);
        p.now += std::max<Milliseconds>(c.well, 5s);
        p.break_it();
        EXPECT_EQ(p.breaker.open_until(p.now), p.now + c.open);
        EXPECT_EQ(p.breaker.openings(), 2U);
    }
}

TEST(Breaker, AModelThatCameBackIsNotHeldToTheFailuresBefore) {
    config::BreakerLimits limits;
    limits.window = 1min;
    Patient p;
    p.breaker = Breaker(limits, p.now);
    for (int i = 0; i < 10; ++i) {
        p.attempts(1, Evidence::Healthy);
        p.attempts(1, Evidence::Failing);
    }
    p.attempts(1, Evidence::Failing);
    EXPECT_EQ(p.state(), BreakerState::Open);
    p.now += 5s;
    p.attempts(1, Evidence::Healthy);
    p.now += 5s;
    p.attempts(1, Evidence::Failing);
    EXPECT_EQ(p.state(), BreakerState::Closed) << "though they are still within the window";
}

TEST(Breaker, AWindowOfAnotherLengthBeginsAnew) {
    config::BreakerLimits limits;
    limits.window = 1s;
    Patient p;
    p.breaker = Breaker(limits, p.now);
    for (int i = 0; i < 10; ++i) {
        p.attempts(1, Evidence::Healthy);
        p.attempts(1, Evidence::Failing);
    }
    p.now += 100s;
    limits.window = 10s;
    p.breaker.set_limits(limits);
    p.attempts(1, Evidence::Failing);
    EXPECT_EQ(p.state(), BreakerState::Closed);
}

TEST(Breaker, ACoolDownKeepsEverybodyAwayForItsTimeAndIsNoFailure) {
    Patient p;
    p.breaker.cool_down(2s, p.now);
    EXPECT_EQ(p.state(), BreakerState::Closed);
    EXPECT_EQ(p.wait(), 2s);
    EXPECT_EQ(p.breaker.cooling_until(p.now), p.now + 2s);
    EXPECT_FALSE(p.breaker.admit(p.now));
    p.now += 1'999ms;
    EXPECT_FALSE(p.breaker.admit(p.now));
    p.now += 1ms;
    EXPECT_TRUE(p.breaker.admit(p.now));
    EXPECT_FALSE(p.breaker.cooling_until(p.now));
    EXPECT_EQ(p.breaker.consecutive_failures(), 0U);
    EXPECT_EQ(p.breaker.since(), kStart);
}

TEST(Breaker, ACoolDownIsBoundedAndNeverShortened) {
    Patient p;
    p.breaker.cool_down(24h, p.now);
    EXPECT_EQ(p.wait(), 60s);
    p.breaker.cool_down(1s, p.now);
    EXPECT_EQ(p.wait(), 60s);
    p.breaker.cool_down(-1h, p.now);
    p.breaker.cool_down(Milliseconds::max(), p.now);
    EXPECT_EQ(p.wait(), 60s);
}

TEST(Breaker, ACoolDownHoldsBackTheProbeToo) {
    Patient p;
    p.break_it();
    p.breaker.cool_down(8s, p.now);
    EXPECT_EQ(p.wait(), 8s) << "the later of the two";
    p.now += 5s;
    EXPECT_EQ(p.state(), BreakerState::HalfOpen);
    EXPECT_FALSE(p.breaker.admit(p.now));
    p.now += 3s;
    EXPECT_TRUE(p.breaker.admit(p.now));
}

TEST(Breaker, ObeysItsLimits) {
    const config::BreakerLimits limits{.consecutive_failures = 2,
                                       .success_share_min = 0.9,
                                       .window = 2s,
                                       .window_requests_min = 5,
                                       .open_first = 100ms,
                                       .open_max = 150ms};
    Patient p;
    p.breaker = Breaker(limits, p.now);
    p.attempts(2, Evidence::Failing);
    EXPECT_EQ(p.wait(), 100ms);
    p.now += 100ms;
    EXPECT_TRUE(p.attempt(Evidence::Failing));
    EXPECT_EQ(p.wait(), 150ms);
    p.now += 150ms;
    p.attempts(1, Evidence::Healthy);
    p.now += 10s;
    p.attempts(4, Evidence::Healthy);
    p.attempts(1, Evidence::Failing);
    EXPECT_EQ(p.state(), BreakerState::Open) << "four of five are fewer than nine tenths";
}

TEST(Breaker, AShareOfZeroLeavesTheCountAlone) {
    config::BreakerLimits limits;
    limits.success_share_min = 0.0;
    Patient p;
    p.breaker = Breaker(limits, p.now);
    p.attempts(1, Evidence::Healthy);
    for (int i = 0; i < 50; ++i) {
        p.attempts(4, Evidence::Failing);
        p.attempts(1, Evidence::Healthy);
    }
    EXPECT_EQ(p.state(), BreakerState::Closed);
}

TEST(Breaker, NewLimitsKeepWhatWasSeen) {
    Patient p;
    p.attempts(4, Evidence::Failing);
    config::BreakerLimits limits;
    limits.open_first = 7s;
    p.breaker.set_limits(limits);
    p.attempts(1, Evidence::Failing);
    EXPECT_EQ(p.breaker.open_until(p.now), p.now + 7s);
    limits.window = 1s;
    p.breaker.set_limits(limits);
    EXPECT_EQ(p.state(), BreakerState::Open);
}

TEST(Breaker, NamesItsStates) {
    EXPECT_EQ(name_of(BreakerState::Closed), "closed");
    EXPECT_EQ(name_of(BreakerState::Open), "open");
    EXPECT_EQ(name_of(BreakerState::HalfOpen), "half_open");
}

/// Each state met by each event; the state that follows, and whether an attempt would be let through then.
TEST(Breaker, EveryStateMeetsEveryEvent) {
    enum class From { Closed, NearlyOpen, JustRecovered, Open, HalfOpen, Probing, Cooling };
    enum class Event { Healthy, Failing, Nothing, FiveSecondsPass, CoolDown };
    struct Case {
        From from;
        Event event;
        BreakerState state;
        bool lets_through;
    };
    using enum BreakerState;
    for (const Case& c : {
             Case{From::Closed, Event::Healthy, Closed, true},
             Case{From::Closed, Event::Failing, Closed, true},
             Case{From::Closed, Event::Nothing, Closed, true},
             Case{From::Closed, Event::FiveSecondsPass, Closed, true},
             Case{From::Closed, Event::CoolDown, Closed, false},
             Case{From::NearlyOpen, Event::Healthy, Closed, true},
             Case{From::NearlyOpen, Event::Failing, Open, false},
             Case{From::NearlyOpen, Event::Nothing, Closed, true},
             Case{From::NearlyOpen, Event::FiveSecondsPass, Closed, true},
             Case{From::NearlyOpen, Event::CoolDown, Closed, false},
             Case{From::JustRecovered, Event::Healthy, Closed, true},
             Case{From::JustRecovered, Event::Failing, Closed, true},
             Case{From::JustRecovered, Event::Nothing, Closed, true},
             Case{From::JustRecovered, Event::FiveSecondsPass, Closed, true},
             Case{From::JustRecovered, Event::CoolDown, Closed, false},
             // In the next two the event is the end of an attempt that was let through before.
             Case{From::Open, Event::Healthy, Open, false},
             Case{From::Open, Event::Failing, Open, false},
             Case{From::Open, Event::Nothing, Open, false},
             Case{From::Open, Event::FiveSecondsPass, HalfOpen, true},
             Case{From::Open, Event::CoolDown, Open, false},
             Case{From::HalfOpen, Event::Healthy, HalfOpen, true},
             Case{From::HalfOpen, Event::Failing, HalfOpen, true},
             Case{From::HalfOpen, Event::Nothing, HalfOpen, true},
             Case{From::HalfOpen, Event::FiveSecondsPass, HalfOpen, true},
             Case{From::HalfOpen, Event::CoolDown, HalfOpen, false},
             // In this one that of the probe.
             Case{From::Probing, Event::Healthy, Closed, true},
             Case{From::Probing, Event::Failing, Open, false},
             Case{From::Probing, Event::Nothing, HalfOpen, true},
             Case{From::Probing, Event::FiveSecondsPass, HalfOpen, false},
             Case{From::Probing, Event::CoolDown, HalfOpen, false},
             Case{From::Cooling, Event::Healthy, Closed, false},
             Case{From::Cooling, Event::Failing, Closed, false},
             Case{From::Cooling, Event::Nothing, Closed, false},
             Case{From::Cooling, Event::FiveSecondsPass, Closed, true},
             Case{From::Cooling, Event::CoolDown, Closed, false},
         }) {
        SCOPED_TRACE("state " + std::to_string(static_cast<int>(c.from)) + ", event " +
                     std::to_string(static_cast<int>(c.event)));
        Patient p;
        auto ticket = p.breaker.admit(p.now);
        if (c.from == From::NearlyOpen) {
            p.attempts(4, Evidence::Failing);
        } else if (c.from == From::Cooling) {
            p.breaker.cool_down(5s, p.now);
        } else if (c.from != From::Closed) {
            p.break_it();
            p.now += c.from == From::Open ? 0s : 5s;
        }
        if (c.from == From::Probing || c.from == From::JustRecovered) {
            ticket = p.breaker.admit(p.now);
            ASSERT_TRUE(ticket);
        }
        if (c.from == From::JustRecovered) {
            p.breaker.settle(*ticket, Evidence::Healthy, p.now);
            ticket = p.breaker.admit(p.now);
            p.attempts(10, Evidence::Failing);
        }
        switch (c.event) {
            case Event::Healthy:
                p.breaker.settle(*ticket, Evidence::Healthy, p.now);
                break;
            case Event::Failing:
                p.breaker.settle(*ticket, Evidence::Failing, p.now);
                break;
            case Event::Nothing:
                p.breaker.settle(*ticket, Evidence::None, p.now);
                break;
            case Event::FiveSecondsPass:
                p.now += 5s;
                break;
            case Event::CoolDown:
                p.breaker.cool_down(1s, p.now);
                break;
        }
        EXPECT_EQ(p.state(), c.state);
        EXPECT_EQ(p.wait() == 0ms, c.lets_through) << "as it says itself";
        EXPECT_EQ(p.breaker.admit(p.now).has_value(), c.lets_through);
    }
}

/// RELIABILITY.md section 8, row 5: up for a second, down for a second. Whatever the pace of requests and of the flapping, the
/// model goes in and out of service at most once in five seconds, and ever more rarely.
TEST(Breaker, DoesNotFlapWithTheModel) {
    for (const auto& [period, pace] : {std::pair<Milliseconds, Milliseconds>{1s, 10ms}, {1s, 100ms}, {700ms, 5ms}, {2s, 1ms}}) {
        SCOPED_TRACE(std::to_string(period.count()) + " ms, a request each " + std::to_string(pace.count()) + " ms");
        Patient p;
        std::vector<SteadyTime> changes;
        bool closed = true;
        unsigned refused = 0;
        for (; p.now < kStart + 120s; p.now += pace) {
            const bool up = (p.now - kStart) / period % 2 == 1;
            refused += p.attempt(up ? Evidence::Healthy : Evidence::Failing) ? 0U : 1U;
            if (const bool now_closed = p.state() == BreakerState::Closed; now_closed != closed) {
                closed = now_closed;
                changes.push_back(p.now);
            }
        }
        ASSERT_GE(changes.size(), 3U) << "or nothing was tried";
        for (std::size_t i = 1; i < changes.size(); ++i) {
            EXPECT_GE(changes[i] - changes[i - 1], 5s);
        }
        EXPECT_LE(changes.size(), 12U);
        EXPECT_GT(refused, 0U);
    }
}

}  // namespace
}  // namespace tierway::upstream
