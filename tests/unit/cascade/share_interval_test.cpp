#include "tierway/cascade/share_interval.hpp"

#include <gtest/gtest.h>

namespace tierway::cascade {
namespace {

TEST(WilsonInterval, IsThatOfTheTextbooks) {
    // Newcombe 1998, table I: 81 of 263 gives .2553 to .3662, 0 of 20 gives 0 to .1611.
    const ShareInterval some = wilson_interval(81, 263);
    EXPECT_NEAR(some.estimate, 0.3080, 1e-4);
    EXPECT_NEAR(some.low, 0.2553, 1e-4);
    EXPECT_NEAR(some.high, 0.3662, 1e-4);
    EXPECT_NEAR(wilson_interval(0, 20).low, 0.0, 1e-12);
    EXPECT_NEAR(wilson_interval(0, 20).high, 0.1611, 1e-4);
    EXPECT_NEAR(wilson_interval(20, 20).low, 1.0 - 0.1611, 1e-4);
}

TEST(WilsonInterval, KnowsNothingWithoutCounts) {
    EXPECT_EQ(wilson_interval(0, 0).low, 0.0);
    EXPECT_EQ(wilson_interval(0, 0).high, 1.0);
}

TEST(WilsonInterval, TakesCountsThatFaded) {
    const ShareInterval faded = wilson_interval(19.5, 20.5);
    EXPECT_GT(faded.low, wilson_interval(19, 20).low);
    EXPECT_LT(faded.low, wilson_interval(20, 21).low);
}

}  // namespace
}  // namespace tierway::cascade
