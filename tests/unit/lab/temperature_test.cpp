#include "tierway/lab/temperature.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace tierway::lab {
namespace {

/// A hundred rows of two classes, all with the same scores, of which so many belong to the likelier class.
double temperature_when(double score, std::size_t right) {
    std::vector<double> scores;
    std::vector<std::uint32_t> labels;
    for (std::size_t row = 0; row < 100; ++row) {
        scores.insert(scores.end(), {0.0, score});
        labels.push_back(row < right ? 1 : 0);
    }
    return fit_temperature(scores, labels, 2);
}

TEST(Temperature, MakesTheConfidenceWhatCameOfIt) {
    // Right in 80 of 100: the log-odds should be ln 4.
    EXPECT_NEAR(4.0 / temperature_when(4.0, 80), std::log(4.0), 1e-3);
    EXPECT_NEAR(1.0 / temperature_when(1.0, 80), std::log(4.0), 1e-3);
}

TEST(Temperature, LeavesTrueScoresAlone) {
    EXPECT_NEAR(temperature_when(std::log(4.0), 80), 1.0, 1e-3);
}

TEST(Temperature, StaysWithinItsBounds) {
    EXPECT_NEAR(temperature_when(3.0, 50), 20.0, 0.1) << "the scores mean nothing";
    EXPECT_NEAR(temperature_when(3.0, 100), 0.05, 0.01) << "they are never wrong";
}

}  // namespace
}  // namespace tierway::lab
