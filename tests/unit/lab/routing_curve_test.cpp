#include "tierway/lab/routing_curve.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace tierway::lab {
namespace {

constexpr double kNear = 1e-12;

/// A request whose cheap and strong answers cost 1 and 10.
Fork fork(double score, double cheap, double strong) {
    return {score, {1.0, cheap}, {10.0, strong}};
}

/// Ten requests: the strong model is right on all, the cheap one on eight. The two others have the highest scores.
std::vector<Fork> well_ranked() {
    std::vector<Fork> forks{fork(0.9, 0, 1), fork(0.8, 0, 1)};
    for (int i = 0; i < 8; ++i) {
        forks.push_back(fork(0.1 * i, 1, 1));
    }
    return forks;
}

TEST(RoutingCurve, RunsFromNothingClimbsToEverythingDoes) {
    const auto curve = sweep(well_ranked());
    ASSERT_EQ(curve.size(), 11U);
    EXPECT_DOUBLE_EQ(curve.front().climbed_share, 0.0);
    EXPECT_NEAR(curve.front().mean.cost, 1.0, kNear);
    EXPECT_NEAR(curve.front().mean.quality, 0.8, kNear);
    EXPECT_NEAR(curve[1].climbed_share, 0.1, kNear);
    EXPECT_NEAR(curve[1].mean.cost, 1.9, kNear);
    EXPECT_NEAR(curve[1].mean.quality, 0.9, kNear);
    EXPECT_DOUBLE_EQ(curve.back().climbed_share, 1.0);
    EXPECT_NEAR(curve.back().mean.cost, 10.0, kNear);
    EXPECT_NEAR(curve.back().mean.quality, 1.0, kNear);
}

TEST(RoutingCurve, RecoversTheGapAsComputedByHand) {
    const auto curve = sweep(well_ranked());
    EXPECT_NEAR(performance_gap_recovered(curve, 0.1).value(), 0.5, kNear);
    EXPECT_NEAR(performance_gap_recovered(curve, 0.05).value(), 0.25, kNear) << "half-way between two points";
    EXPECT_NEAR(performance_gap_recovered(curve, 0.7).value(), 1.0, kNear);
    // 0, .5, 1, 1 … over eleven points: (.25 + .75 + 8) / 10.
    EXPECT_NEAR(average_performance_gap_recovered(curve).value(), 0.9, kNear);
    EXPECT_NEAR(call_performance_threshold(curve, 0.5).value(), 0.1, kNear);
    EXPECT_NEAR(call_performance_threshold(curve, 0.8).value(), 0.16, kNear);
    EXPECT_NEAR(call_performance_threshold(curve, 0.95).value(), 0.19, kNear);
}

TEST(RoutingCurve, OfAConstantScoreIsExactlyTheRandomRouter) {
    std::vector<Fork> forks;
    for (int i = 0; i < 37; ++i) {
        forks.push_back(fork(0.5, i % 3 == 0 ? 0 : 1, i % 7 == 0 ? 0 : 1));
    }
    const auto curve = sweep(forks);
    EXPECT_EQ(curve.size(), 2U);
    EXPECT_NEAR(average_performance_gap_recovered(curve).value(), 0.5, kNear);
    for (const double recovered : {0.5, 0.8, 0.95}) {
        EXPECT_NEAR(call_performance_threshold(curve, recovered).value(), recovered, kNear);
    }
}

TEST(RoutingCurve, DoesNotDependOnTheOrderOfRowsWithEqualScores) {
    std::vector<Fork> forks{fork(0.5, 0, 1), fork(0.5, 1, 1), fork(0.5, 1, 0), fork(0.2, 0, 1)};
    const auto before = average_performance_gap_recovered(sweep(forks));
    std::swap(forks[0], forks[2]);
    EXPECT_EQ(before, average_performance_gap_recovered(sweep(forks)));
}

TEST(RoutingCurve, OfTheWorstOrderMirrorsTheBest) {
    std::vector<Fork> forks = well_ranked();
    for (Fork& each : forks) {
        each.score = -each.score;
    }
    // 0 … 0, .5, 1 over eleven points.
    EXPECT_NEAR(average_performance_gap_recovered(sweep(forks)).value(), 0.1, kNear);
}

TEST(RoutingCurve, HasNoGapToRecoverWhereClimbingGainsNothing) {
    const std::vector<Fork> forks{fork(0.9, 1, 0), fork(0.1, 0, 1)};
    EXPECT_FALSE(average_performance_gap_recovered(sweep(forks)));
    EXPECT_FALSE(call_performance_threshold(sweep(forks), 0.5));
    EXPECT_FALSE(average_performance_gap_recovered(sweep({})));
}

TEST(UpperHull, LeavesOutWhatACoinFlipBeatsAndWhatIsDearerAndNoBetter) {
    const auto hull = upper_hull({{1, 0.5}, {2, 0.55}, {3, 0.9}, {4, 0.85}, {5, 1.0}, {1, 0.4}});
    ASSERT_EQ(hull.size(), 3U);
    EXPECT_DOUBLE_EQ(hull[0].quality, 0.5);
    EXPECT_DOUBLE_EQ(hull[1].cost, 3);
    EXPECT_DOUBLE_EQ(hull[2].cost, 5);
}

TEST(AverageImprovement, OfTheModelsAloneIsTheirCoinFlip) {
    const std::vector<Price> models{{1, 0.5}, {3, 0.9}};
    EXPECT_NEAR(average_improvement_in_quality({}, models).value(), 0.7, kNear);
}

TEST(AverageImprovement, CountsTheAreaUnderTheHullOfTheRouter) {
    const std::vector<Price> models{{1, 0.5}, {3, 0.9}};
    const std::vector<CurvePoint> curve{{0.0, {1, 0.5}}, {0.5, {2, 0.9}}, {1.0, {3, 0.9}}};
    EXPECT_NEAR(average_improvement_in_quality(curve, models).value(), 0.8, kNear);
}

TEST(AverageImprovement, NeverDropsBelowTheModelsForARouterThatIsDearer) {
    const std::vector<Price> models{{1, 0.5}, {3, 0.9}};
    const std::vector<CurvePoint> cascade{{0.0, {1.2, 0.5}}, {1.0, {4.2, 0.9}}};
    EXPECT_NEAR(average_improvement_in_quality(cascade, models).value(), 0.7, kNear);
}

TEST(AverageImprovement, HasNoMeaningBetweenModelsOfOneCost) {
    const std::vector<Price> models{{1, 0.5}, {1, 0.9}};
    EXPECT_FALSE(average_improvement_in_quality({}, models));
}

TEST(ShuffledControl, FallsToAHalfAndRepeatsItself) {
    std::vector<Fork> forks;
    for (int i = 0; i < 400; ++i) {
        const bool cheap_is_wrong = i % 4 == 0;
        forks.push_back(fork(cheap_is_wrong ? 0.9 : 0.1 + 0.001 * i, cheap_is_wrong ? 0 : 1, 1));
    }
    EXPECT_GT(average_performance_gap_recovered(sweep(forks)).value(), 0.8);
    const auto shuffled = average_performance_gap_recovered(shuffled_curve(forks, 7));
    EXPECT_NEAR(shuffled.value(), 0.5, 0.03);
    EXPECT_EQ(shuffled, average_performance_gap_recovered(shuffled_curve(forks, 7)));
    EXPECT_NE(shuffled, average_performance_gap_recovered(shuffled_curve(forks, 8)));
}

}  // namespace
}  // namespace tierway::lab
