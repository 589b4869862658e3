#include "tierway/lab/classification_report.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace tierway::lab {
namespace {

const std::array<std::string, 3> kNames{"chat", "code", "math"};

std::vector<Prediction> example() {
    return {
        {0, {0.6, 0.3, 0.1}},   // Right.
        {0, {0.3, 0.45, 0.25}}, // Taken for code, and not surely; second.
        {1, {0.1, 0.8, 0.1}},   // Right.
        {1, {0.7, 0.1, 0.2}},   // Taken for chat, third.
        {2, {0.0, 0.1, 0.9}},   // Right.
    };
}

TEST(ClassificationReport, CountsWhatWasTakenForWhat) {
    const ClassificationReport report = report_classification(example(), kNames, 0.5);
    EXPECT_EQ(report.rows, 5U);
    EXPECT_DOUBLE_EQ(report.accuracy, 0.6);
    EXPECT_NEAR(report.accuracy_error, std::sqrt(0.6 * 0.4 / 5), 1e-12);
    EXPECT_DOUBLE_EQ(report.top_two, 0.8);
    EXPECT_EQ(report.confusion, (std::vector<std::size_t>{1, 1, 0, 1, 1, 0, 0, 0, 1}));
    EXPECT_DOUBLE_EQ(report.classes[0].precision(), 0.5);
    EXPECT_DOUBLE_EQ(report.classes[0].recall(), 0.5);
    EXPECT_DOUBLE_EQ(report.classes[2].f1(), 1.0);
    EXPECT_NEAR(report.macro_f1, (0.5 + 0.5 + 1.0) / 3, 1e-12);
    EXPECT_DOUBLE_EQ(report.coverage, 0.8);
    EXPECT_DOUBLE_EQ(report.covered_accuracy, 0.75);
    EXPECT_NEAR(report.log_loss, -(std::log(0.6) + std::log(0.3) + std::log(0.8) + std::log(0.1) + std::log(0.9)) / 5, 1e-12);
}

TEST(ClassificationReport, MeasuresWhetherConfidencesAreTrue) {
    std::vector<Prediction> honest;
    for (std::uint32_t row = 0; row < 100; ++row) {
        honest.push_back({row < 75 ? 0U : 1U, {0.75, 0.25}});
    }
    const std::array<std::string, 2> names{"a", "b"};
    EXPECT_NEAR(report_classification(honest, names, 0.5).calibration_error, 0.0, 1e-9);
    for (Prediction& prediction : honest) {
        prediction.probabilities = {0.95, 0.05};
    }
    EXPECT_NEAR(report_classification(honest, names, 0.5).calibration_error, 0.2, 1e-9);
}

TEST(ClassificationReport, LeavesClassesWithoutRowsOutOfTheMean) {
    const std::vector<Prediction> one{{0, {0.9, 0.1, 0.0}}};
    EXPECT_DOUBLE_EQ(report_classification(one, kNames, 0.5).macro_f1, 1.0);
}

TEST(ClassificationReport, HasNothingToSayOfNoRows) {
    const ClassificationReport report = report_classification({}, kNames, 0.5);
    EXPECT_EQ(report.accuracy, 0.0);
    EXPECT_EQ(report.macro_f1, 0.0);
    EXPECT_EQ(report.calibration_error, 0.0);
}

TEST(ClassificationReport, MergesClassesByTheirProbabilities) {
    const std::array<std::uint32_t, 3> group_of{0, 1, 1};
    const auto merged = grouped(example(), group_of, 2);
    EXPECT_EQ(merged[1].truth, 0U);
    EXPECT_NEAR(merged[1].probabilities[1], 0.7, 1e-12);
    const std::array<std::string, 2> names{"talk", "work"};
    EXPECT_DOUBLE_EQ(report_classification(merged, names, 0.5).accuracy, 0.6);
}

}  // namespace
}  // namespace tierway::lab
