#include "tierway/base/rate_meter.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <random>
#include <string_view>

namespace tierway {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::seconds;

constexpr SteadyTime kStart{seconds{1'000}};

bool ask(RateMeter& meter, std::int64_t amount, SteadyTime now) {
    const auto passes_at = meter.passes_at(amount, now);
    if (!passes_at || *passes_at > now) {
        return false;
    }
    meter.take(amount, now);
    return true;
}

/// How many single requests pass when one is offered every `every`.
std::int64_t passed(RateMeter meter, Nanoseconds length, Nanoseconds every) {
    std::int64_t count = 0;
    for (SteadyTime now = kStart; now < kStart + length; now += every) {
        count += ask(meter, 1, now) ? 1 : 0;
    }
    return count;
}

struct Pace {
    std::string_view name;
    RateLimit limit;
    Nanoseconds length;
    Nanoseconds every;
    double expected;
};

TEST(RateMeter, LetsTheBurstPassAndThenThePace) {
    const Pace paces[] = {
        {"100 a second, 20 at once, for 3 s", {6'000, 20}, seconds{3}, microseconds{100}, 320},
        {"one a minute, for 10 minutes", {1, 1}, seconds{600}, Milliseconds{100}, 10},
        {"seven a minute, all at once", {7, 7}, seconds{61}, Milliseconds{10}, 14},
        {"a million a minute", {1'000'000, 1'000}, seconds{1}, microseconds{5}, 1'000 + 1e6 / 60},
        {"offered more slowly than allowed", {6'000, 20}, seconds{3}, Milliseconds{50}, 60},
    };
    for (const Pace& pace : paces) {
        SCOPED_TRACE(pace.name);
        const auto count = static_cast<double>(passed(RateMeter(pace.limit), pace.length, pace.every));
        EXPECT_GE(count, pace.expected * 0.98);
        EXPECT_LE(count, pace.expected * 1.02);
    }
}

TEST(RateMeter, AWholeBurstPassesAtOnceWhateverTheRounding) {
    for (const std::int64_t per_minute : {1, 7, 13, 999, 70'000'001}) {
        SCOPED_TRACE(per_minute);
        const std::int64_t burst = std::min<std::int64_t>(per_minute, 100);
        RateMeter meter({per_minute, burst});
        for (std::int64_t i = 0; i < burst; ++i) {
            EXPECT_EQ(meter.level(kStart).remaining, burst - i);
            EXPECT_TRUE(ask(meter, 1, kStart)) << i;
        }
        EXPECT_EQ(meter.level(kStart).remaining, 0);
        EXPECT_FALSE(ask(meter, 1, kStart));
    }
}

TEST(RateMeter, PassesAtTheVeryMomentThatItTellsAndNotBefore) {
    std::mt19937 random(7);
    for (int round = 0; round < 2'000; ++round) {
        const std::int64_t per_minute = std::uniform_int_distribution<std::int64_t>(1, 2'000'000)(random);
        const std::int64_t burst = std::uniform_int_distribution<std::int64_t>(1, per_minute)(random);
        RateMeter meter({per_minute, burst});
        SteadyTime now = kStart;
        for (int step = 0; step < 20; ++step) {
            const std::int64_t amount = std::uniform_int_distribution<std::int64_t>(1, burst)(random);
            const SteadyTime at = meter.passes_at(amount, now).value();
            if (at > now) {
                ASSERT_GT(meter.passes_at(amount, at - Nanoseconds{1}).value(), at - Nanoseconds{1});
            }
            ASSERT_EQ(meter.passes_at(amount, at).value(), at);
            ASSERT_TRUE(ask(meter, amount, at));
            now = at;
        }
    }
}

TEST(RateMeter, WhatIsLargerThanTheBurstNeverPasses) {
    const RateMeter meter({60'000, 1'000});
    EXPECT_TRUE(meter.passes_at(1'000, kStart));
    EXPECT_FALSE(meter.passes_at(1'001, kStart));
    EXPECT_FALSE(meter.passes_at(std::numeric_limits<std::int64_t>::max(), kStart));
}

TEST(RateMeter, ARefusalTakesNothing) {
    RateMeter meter({60, 1});
    EXPECT_TRUE(ask(meter, 1, kStart));
    for (int i = 0; i < 1'000; ++i) {
        EXPECT_FALSE(ask(meter, 1, kStart + Milliseconds{i % 999}));
    }
    EXPECT_TRUE(ask(meter, 1, kStart + seconds{1}));
}

TEST(RateMeter, GivesBackWhatWasNotUsed) {
    RateMeter meter({6'000, 6'000});
    EXPECT_TRUE(ask(meter, 6'000, kStart));
    EXPECT_FALSE(ask(meter, 5'000, kStart));
    meter.correct(-5'000, kStart);
    EXPECT_EQ(meter.level(kStart).remaining, 5'000);
    EXPECT_TRUE(ask(meter, 5'000, kStart));
    EXPECT_FALSE(ask(meter, 1, kStart));
}

TEST(RateMeter, NeverGivesBackBeyondTheBurst) {
    RateMeter meter({6'000, 6'000});
    EXPECT_TRUE(ask(meter, 100, kStart));
    meter.correct(-1'000'000'000, kStart);
    EXPECT_EQ(meter.level(kStart).remaining, 6'000);
    EXPECT_EQ(meter.level(kStart).reset, Nanoseconds{0});
    EXPECT_TRUE(ask(meter, 6'000, kStart));
    EXPECT_FALSE(ask(meter, 1, kStart)) << "no more than the burst";
}

TEST(RateMeter, ChargesWhatWasUsedBeyondTheEstimate) {
    RateMeter meter({6'000, 600});  // 100 a second
    EXPECT_TRUE(ask(meter, 100, kStart));
    meter.correct(1'500, kStart);
    EXPECT_EQ(meter.level(kStart).remaining, 0);
    EXPECT_EQ(meter.level(kStart).reset, seconds{16});
    // 1600 taken, 600 at once: 1000 must flow off before anything passes.
    EXPECT_EQ(meter.passes_at(1, kStart).value(), kStart + seconds{10} + Milliseconds{10});
}

TEST(RateMeter, ForgetsADebtBeyondADay) {
    RateMeter meter({1, 1});
    meter.correct(std::numeric_limits<std::int64_t>::max(), kStart);
    meter.correct(std::numeric_limits<std::int64_t>::max(), kStart);
    EXPECT_EQ(meter.level(kStart).reset, RateMeter::kDebtMax);
    EXPECT_TRUE(ask(meter, 1, kStart + hours{24}));
}

TEST(RateMeter, AllThatPassesStaysWithinBurstAndPaceWhenEstimatesAreCorrected) {
    std::mt19937 random(11);
    const RateLimit limit{60'000, 5'000};  // 1000 a second
    RateMeter meter(limit);
    std::int64_t used = 0;
    SteadyTime now = kStart;
    for (int i = 0; i < 20'000; ++i) {
        now += microseconds{std::uniform_int_distribution<int>(0, 5'000)(random)};
        const std::int64_t estimate = std::uniform_int_distribution<std::int64_t>(1, 2'000)(random);
        if (ask(meter, estimate, now)) {
            const std::int64_t actual = std::uniform_int_distribution<std::int64_t>(0, estimate)(random);
            meter.correct(actual - estimate, now);
            used += actual;
        }
        const double allowed = 5'000 + std::chrono::duration<double>(now - kStart).count() * 1'000;
        ASSERT_LE(static_cast<double>(used), allowed + 1);
    }
    EXPECT_GT(static_cast<double>(used), std::chrono::duration<double>(now - kStart).count() * 950) << "and it is not wasted";
}

TEST(RateMeter, AClockThatGoesBackLetsNothingMorePass) {
    RateMeter meter({60, 10});
    for (int i = 0; i < 10; ++i) {
        EXPECT_TRUE(ask(meter, 1, kStart));
    }
    EXPECT_FALSE(ask(meter, 1, kStart - seconds{30}));
    EXPECT_FALSE(ask(meter, 1, kStart));
    EXPECT_EQ(meter.level(kStart - hours{1}).remaining, 0);
    EXPECT_EQ(passed(meter, seconds{60}, Milliseconds{100}), 59) << "and nothing less once it is right again";
}

TEST(RateMeter, AnUnusedMeterHasItsBurstAtAnyTime) {
    for (const SteadyTime now : {SteadyTime{}, SteadyTime{-hours{1}}, kStart, kStart + hours{24 * 365}}) {
        RateMeter meter({60, 10});
        EXPECT_EQ(meter.level(now).remaining, 10);
        EXPECT_TRUE(ask(meter, 10, now));
    }
}

TEST(RateMeter, AnotherLimitKeepsWhatWasTaken) {
    RateMeter meter({600, 600});
    EXPECT_TRUE(ask(meter, 500, kStart));
    meter.set_limit({6'000, 6'000}, kStart);
    EXPECT_EQ(meter.level(kStart).limit, 6'000);
    EXPECT_EQ(meter.level(kStart).remaining, 5'500);
    meter.set_limit({60, 60}, kStart);
    EXPECT_EQ(meter.level(kStart).remaining, 0);
    EXPECT_EQ(meter.level(kStart).reset, seconds{500});
}

TEST(RateMeter, TheLargestValuesDoNotOverflow) {
    RateMeter meter({RateLimit::kAmountMax, RateLimit::kAmountMax});
    EXPECT_TRUE(ask(meter, RateLimit::kAmountMax, kStart));
    EXPECT_EQ(meter.level(kStart).remaining, 0);
    EXPECT_EQ(meter.passes_at(RateLimit::kAmountMax, kStart).value(), kStart + seconds{60});
    meter.set_limit({1, 1}, kStart);
    EXPECT_EQ(meter.level(kStart).reset, RateMeter::kDebtMax);
    meter.correct(std::numeric_limits<std::int64_t>::min(), kStart);
    EXPECT_EQ(meter.level(kStart).remaining, 1);
}

}  // namespace
}  // namespace tierway
