#include "tierway/lab/reliability.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace tierway::lab {
namespace {

constexpr double kNear = 1e-12;

TEST(Reliability, PutsEveryClaimIntoTheTenthOfItsConfidence) {
    const std::vector<Claim> claims{{0.0, false}, {0.05, true}, {0.1, false}, {0.95, true}, {1.0, true}};
    const Reliability bins = reliability_of(claims);
    EXPECT_EQ(bins[0].claims, 2U);
    EXPECT_NEAR(bins[0].mean_confidence, 0.025, kNear);
    EXPECT_NEAR(bins[0].acceptable_share, 0.5, kNear);
    EXPECT_EQ(bins[1].claims, 1U);
    EXPECT_EQ(bins[5].claims, 0U);
    EXPECT_EQ(bins[9].claims, 2U) << "certainty belongs to the last tenth";
}

TEST(CalibrationError, IsTheWeighedDistanceOfTheBins) {
    // .8 claimed, half right: .3 off, of four claims; 1.0 claimed, all right, of one.
    const std::vector<Claim> claims{{0.8, true}, {0.8, true}, {0.8, false}, {0.8, false}, {1.0, true}};
    EXPECT_NEAR(expected_calibration_error(claims).value(), 0.3 * 4 / 5, kNear);
    EXPECT_FALSE(expected_calibration_error({}));
}

TEST(CalibrationError, IsNothingForClaimsThatHoldOnAverage) {
    const std::vector<Claim> claims{{0.75, true}, {0.75, true}, {0.75, true}, {0.75, false}};
    EXPECT_NEAR(expected_calibration_error(claims).value(), 0.0, kNear);
}

TEST(BrierScore, IsTheMeanSquaredDistance) {
    const std::vector<Claim> claims{{0.5, true}, {0.8, true}, {0.9, false}};
    EXPECT_NEAR(brier_score(claims).value(), (0.25 + 0.04 + 0.81) / 3, kNear);
    EXPECT_FALSE(brier_score({}));
}

}  // namespace
}  // namespace tierway::lab
