#include "tierway/lab/bootstrap.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace tierway::lab {
namespace {

TEST(Bootstrap, OfEqualValuesHasNoWidth) {
    const std::vector<double> values(50, 0.25);
    const auto interval = bootstrap_mean(values, 1);
    ASSERT_TRUE(interval);
    EXPECT_DOUBLE_EQ(interval->low, 0.25);
    EXPECT_DOUBLE_EQ(interval->high, 0.25);
}

TEST(Bootstrap, OfNothingIsEmpty) {
    EXPECT_FALSE(bootstrap_mean({}, 1));
}

TEST(Bootstrap, IsAsWideAsTheNormalApproximationOfACoin) {
    std::vector<double> values;
    for (int i = 0; i < 1'000; ++i) {
        values.push_back(i % 10 < 3 ? 1.0 : 0.0);
    }
    const auto interval = bootstrap_mean(values, 1);
    ASSERT_TRUE(interval);
    const double half = 1.96 * std::sqrt(0.3 * 0.7 / 1'000);
    EXPECT_NEAR(interval->low, 0.3 - half, 0.004);
    EXPECT_NEAR(interval->high, 0.3 + half, 0.004);
}

TEST(Bootstrap, RepeatsItselfWithTheSameSeedOnly) {
    const std::vector<double> values{0.1, -0.7, 0.3, 1.0, 0.0, -0.2, 0.45};
    const auto first = bootstrap_mean(values, 1);
    EXPECT_EQ(first->low, bootstrap_mean(values, 1)->low);
    EXPECT_EQ(first->high, bootstrap_mean(values, 1)->high);
    EXPECT_NE(first->low, bootstrap_mean(values, 2)->low);
}

}  // namespace
}  // namespace tierway::lab
