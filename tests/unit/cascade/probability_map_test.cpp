#include "tierway/cascade/probability_map.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace tierway::cascade {
namespace {

TEST(ProbabilityMap, LeavesAsItIsWhatWasNotCalibrated) {
    const ProbabilityMap map;
    EXPECT_EQ(map(0.0), 0.0);
    EXPECT_EQ(map(0.3), 0.3);
    EXPECT_EQ(map(1.0), 1.0);
}

TEST(ProbabilityMap, IsPlattsSigmoidOfTheLogOdds) {
    const ProbabilityMap map = ProbabilityMap::platt(2.0, -1.0);
    EXPECT_NEAR(map(0.5), 1.0 / (1.0 + std::exp(1.0)), 1e-12);
    EXPECT_NEAR(map(0.8), 1.0 / (1.0 + std::exp(1.0 - 2.0 * std::log(4.0))), 1e-12);
}

TEST(ProbabilityMap, IsLinearBetweenKnotsAndConstantBeyondThem) {
    const auto map = ProbabilityMap::isotonic({{0.2, 0.1}, {0.6, 0.5}, {0.8, 0.5}});
    ASSERT_TRUE(map);
    EXPECT_DOUBLE_EQ((*map)(0.0), 0.1);
    EXPECT_DOUBLE_EQ((*map)(0.4), 0.3);
    EXPECT_DOUBLE_EQ((*map)(0.7), 0.5);
    EXPECT_DOUBLE_EQ((*map)(1.0), 0.5);
}

TEST(ProbabilityMap, RefusesKnotsThatFallOrLieOutside) {
    EXPECT_FALSE(ProbabilityMap::isotonic({}));
    EXPECT_FALSE(ProbabilityMap::isotonic({{0.5, 0.5}, {0.5, 0.6}}));
    EXPECT_FALSE(ProbabilityMap::isotonic({{0.2, 0.5}, {0.5, 0.4}}));
    EXPECT_FALSE(ProbabilityMap::isotonic({{0.2, 1.5}}));
    EXPECT_FALSE(ProbabilityMap::isotonic({{std::numeric_limits<double>::quiet_NaN(), 0.5}}));
}

TEST(ProbabilityMap, TakesWhatIsNoNumberForTheWorst) {
    const double no_number = std::numeric_limits<double>::quiet_NaN();
    EXPECT_EQ(ProbabilityMap()(no_number), 0.0);
    EXPECT_LT(ProbabilityMap::platt(1.0, 0.0)(no_number), 1e-5);
}

}  // namespace
}  // namespace tierway::cascade
