#include "lab/calibrators.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace tierway::lab {
namespace {

/// So many claims of one confidence, so many of them acceptable.
void add(std::vector<Claim>& claims, double confidence, int count, int acceptable) {
    for (int i = 0; i < count; ++i) {
        claims.push_back({confidence, i < acceptable});
    }
}

std::vector<Claim> overconfident() {
    std::vector<Claim> claims;
    add(claims, 0.6, 200, 60);
    add(claims, 0.8, 200, 100);
    add(claims, 0.95, 200, 150);
    return claims;
}

TEST(Calibrators, PlattBringsOverconfidenceDown) {
    const std::vector<Claim> claims = overconfident();
    const cascade::ProbabilityMap map = fit_platt(claims);
    EXPECT_NEAR(map(0.6), 0.30, 0.03);
    EXPECT_NEAR(map(0.8), 0.49, 0.04);
    EXPECT_NEAR(map(0.95), 0.75, 0.03);
}

TEST(Calibrators, PlattMapsAScoreThatMisleadsToTheMean) {
    std::vector<Claim> claims;
    add(claims, 0.2, 100, 90);
    add(claims, 0.9, 100, 10);
    const cascade::ProbabilityMap map = fit_platt(claims);
    EXPECT_NEAR(map(0.2), 0.5, 1e-9);
    EXPECT_NEAR(map(0.9), 0.5, 1e-9);
}

TEST(Calibrators, PlattIsNeverCertain) {
    std::vector<Claim> claims;
    add(claims, 0.9, 50, 50);
    EXPECT_LT(fit_platt(claims)(0.9), 1.0);
}

TEST(Calibrators, IsotonicPoolsWhatFalls) {
    std::vector<Claim> claims;
    add(claims, 0.1, 10, 4);
    add(claims, 0.2, 10, 2);
    add(claims, 0.9, 10, 9);
    const cascade::ProbabilityMap map = fit_isotonic(claims);
    EXPECT_NEAR(map(0.15), 0.3, 1e-9);
    EXPECT_NEAR(map(0.9), 0.9, 1e-9);
    EXPECT_EQ(map.knots().size(), 2U);
}

TEST(Calibrators, IsotonicNeverFallsAndLowersTheError) {
    std::vector<Claim> claims = overconfident();
    const cascade::ProbabilityMap map = fit_isotonic(claims);
    double before = 0.0;
    for (double raw = 0.0; raw <= 1.0; raw += 0.01) {
        EXPECT_GE(map(raw), before);
        before = map(raw);
    }
    const double raw_error = *expected_calibration_error(claims);
    for (Claim& claim : claims) {
        claim.confidence = map(claim.confidence);
    }
    EXPECT_LT(*expected_calibration_error(claims), raw_error / 10.0);
}

TEST(Calibrators, TooFewRowsAreNotCalibrated) {
    std::vector<Claim> claims;
    add(claims, 0.9, 299, 100);
    EXPECT_EQ(fit_map(claims).kind(), cascade::ProbabilityMap::Kind::Identity);
    add(claims, 0.9, 1, 1);
    EXPECT_EQ(fit_map(claims).kind(), cascade::ProbabilityMap::Kind::Platt);
    add(claims, 0.9, 700, 300);
    EXPECT_EQ(fit_map(claims).kind(), cascade::ProbabilityMap::Kind::Isotonic);
}

}  // namespace
}  // namespace tierway::lab
