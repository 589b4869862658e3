#include "tierway/lab/logistic_regression.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <random>

namespace tierway::lab {
namespace {

constexpr std::array<std::array<float, 3>, 8> kTable{{{1.0F, 0.0F, 0.0F},
                                                      {0.8F, 0.3F, 0.0F},
                                                      {0.0F, 1.0F, 0.0F},
                                                      {0.2F, 0.9F, 0.1F},
                                                      {0.0F, 0.0F, 1.0F},
                                                      {0.1F, 0.2F, 0.8F},
                                                      {0.5F, 0.5F, 0.0F},
                                                      {0.0F, 0.6F, 0.6F}}};
constexpr std::array<std::uint32_t, 8> kTwoClasses{1, 1, 0, 0, 0, 1, 1, 0};
constexpr std::array<std::uint32_t, 8> kThreeClasses{0, 0, 1, 1, 2, 2, 1, 2};

/// `kTable` with its columns at the slots 7, 3 and 900 of a thousand.
class LogisticRegressionTest : public ::testing::Test {
protected:
    static constexpr std::array<std::uint32_t, 3> kSlots{7, 3, 900};

    LogisticRegressionTest() {
        for (const auto& values : kTable) {
            std::vector<HashedFeature> row;
            for (std::size_t column = 0; column < values.size(); ++column) {
                if (values[column] != 0.0F) {
                    row.push_back({kSlots[column], values[column]});
                }
            }
            rows_.add(row);
        }
        all_.resize(kTable.size());
        std::iota(all_.begin(), all_.end(), std::size_t{0});
    }
    [[nodiscard]] LogisticProblem problem(std::span<const std::uint32_t> labels, std::size_t classes) const {
        LogisticProblem problem;
        problem.rows = &rows_;
        problem.use = all_;
        problem.labels = labels;
        problem.classes = classes;
        problem.columns = 1'000;
        return problem;
    }
    static LogisticOptions options(double c) { return {.c = c, .iterations_max = 500, .tolerance = 1e-7}; }

    SparseRows rows_;
    std::vector<std::size_t> all_;
};

// The solutions are those of scikit-learn 1.x with a tolerance of 1e-12.
TEST_F(LogisticRegressionTest, FindsTheBinarySolution) {
    const LogisticModel model = fit_logistic(problem(kTwoClasses, 2), options(2.0));
    ASSERT_EQ(model.outputs, 1U);
    EXPECT_NEAR(model.weights[7], 1.24338, 1e-3);
    EXPECT_NEAR(model.weights[3], -0.91926, 1e-3);
    EXPECT_NEAR(model.weights[900], -0.44352, 1e-3);
    EXPECT_NEAR(model.intercepts[0], 0.15897, 1e-3);
}

TEST_F(LogisticRegressionTest, CountsRowsByTheirWeights) {
    const std::array<float, 8> weights{1.0F, 2.0F, 1.0F, 0.5F, 1.0F, 0.0F, 3.0F, 1.0F};
    LogisticProblem weighted = problem(kTwoClasses, 2);
    weighted.weights = weights;
    const LogisticModel model = fit_logistic(weighted, options(2.0));
    EXPECT_NEAR(model.weights[7], 1.60150, 1e-3);
    EXPECT_NEAR(model.weights[3], -0.64769, 1e-3);
    EXPECT_NEAR(model.weights[900], -1.11864, 1e-3);
    EXPECT_NEAR(model.intercepts[0], 0.40500, 1e-3);
}

TEST_F(LogisticRegressionTest, FindsTheMultinomialSolution) {
    const LogisticModel model = fit_logistic(problem(kThreeClasses, 3), options(5.0));
    ASSERT_EQ(model.outputs, 3U);
    const std::array<std::array<double, 3>, 3> weights{
        {{1.73517, -1.00553, -0.70291}, {-0.52810, 1.55644, -1.28505}, {-1.20708, -0.55090, 1.98797}}};
    const std::array<double, 3> intercepts{-0.30053, 0.10420, 0.19633};
    for (std::size_t output = 0; output < 3; ++output) {
        for (std::size_t column = 0; column < 3; ++column) {
            EXPECT_NEAR(model.weights[kSlots[column] * 3 + output], weights[output][column], 1e-3) << output << ' ' << column;
        }
        EXPECT_NEAR(model.intercepts[output], intercepts[output], 1e-3);
    }
    std::array<double, 3> probabilities{};
    model.probabilities(rows_.row(1), probabilities);
    EXPECT_NEAR(probabilities[0], 0.58559, 1e-3);
    EXPECT_NEAR(probabilities[1], 0.30961, 1e-3);
}

TEST_F(LogisticRegressionTest, LeavesSlotsThatNothingFillsAtZero) {
    const LogisticModel model = fit_logistic(problem(kTwoClasses, 2), options(2.0));
    ASSERT_EQ(model.weights.size(), 1'000U);
    EXPECT_EQ(std::count_if(model.weights.begin(), model.weights.end(), [](float w) { return w != 0.0F; }), 3);
}

TEST_F(LogisticRegressionTest, UsesOnlyTheRowsItIsGiven) {
    // Row 4 would be sure of its class, had it been seen.
    const std::vector<std::size_t> some{0, 1, 2, 3};
    LogisticProblem part = problem(kThreeClasses, 3);
    part.use = some;
    const LogisticModel model = fit_logistic(part, options(5.0));
    std::array<double, 3> probabilities{};
    model.probabilities(rows_.row(4), probabilities);
    EXPECT_LT(probabilities[2], 0.1);
}

TEST_F(LogisticRegressionTest, LearnsTheShareWhenThereIsNothingElseToLearnFrom) {
    SparseRows empty;
    std::vector<std::uint32_t> labels;
    std::vector<std::size_t> all;
    for (std::uint32_t i = 0; i < 100; ++i) {
        empty.add({});
        labels.push_back(i < 30 ? 1 : 0);
        all.push_back(i);
    }
    LogisticProblem bare = problem(labels, 2);
    bare.rows = &empty;
    bare.use = all;
    std::array<double, 2> probabilities{};
    fit_logistic(bare, options(1.0)).probabilities({}, probabilities);
    EXPECT_NEAR(probabilities[1], 0.3, 1e-4);
}

TEST_F(LogisticRegressionTest, IsDeterministic) {
    EXPECT_EQ(fit_logistic(problem(kThreeClasses, 3)).weights, fit_logistic(problem(kThreeClasses, 3)).weights);
}

TEST_F(LogisticRegressionTest, StaysFiniteWhereClassesAreApart) {
    const LogisticModel model = fit_logistic(problem(kThreeClasses, 3), {.c = 1e6, .iterations_max = 100});
    for (const float weight : model.weights) {
        ASSERT_TRUE(std::isfinite(weight));
    }
    std::array<double, 3> probabilities{};
    model.probabilities(rows_.row(0), probabilities);
    EXPECT_GT(probabilities[0], 0.9);
}

TEST_F(LogisticRegressionTest, BalancesClassesByTheirSizes) {
    const auto full = balanced_weights(all_, kThreeClasses, 3, 1.0);
    EXPECT_NEAR(full[0], 8.0F / 3 / 2, 1e-6F);
    EXPECT_NEAR(full[2], 8.0F / 3 / 3, 1e-6F);
    const auto half = balanced_weights(all_, kThreeClasses, 3, 0.5);
    EXPECT_NEAR(half[0], std::sqrt(8.0F / 3 / 2), 1e-6F);
    const auto none = balanced_weights(all_, kThreeClasses, 3, 0.0);
    EXPECT_EQ(none[0], 1.0F);
}

TEST(LogisticRegression, FindsWhatGeneratedTheRows) {
    // Two thousand rows of ten out of five hundred columns; the first fifty columns speak for class 1, the next fifty against it.
    std::mt19937 random(7);
    SparseRows rows;
    std::vector<std::uint32_t> labels;
    std::vector<std::size_t> all;
    for (std::size_t i = 0; i < 2'000; ++i) {
        std::vector<HashedFeature> row;
        int score = 0;
        for (std::uint32_t part = 0; part < 10; ++part) {
            const auto slot = static_cast<std::uint32_t>(part * 50 + random() % 50);
            score += slot < 50 ? (slot % 2 == 0 ? 1 : -1) : 0;
            row.push_back({slot, 0.3F});
        }
        rows.add(row);
        labels.push_back(score > 0 ? 1 : 0);
        all.push_back(i);
    }
    LogisticProblem problem;
    problem.rows = &rows;
    problem.use = std::span(all).first(1'500);
    problem.labels = labels;
    problem.columns = 500;
    const LogisticModel model = fit_logistic(problem, {.c = 10.0});
    EXPECT_TRUE(model.converged);
    std::size_t right = 0;
    for (const std::size_t index : std::span(all).subspan(1'500)) {
        std::array<double, 2> probabilities{};
        model.probabilities(rows.row(index), probabilities);
        right += (probabilities[1] > 0.5) == (labels[index] == 1) ? 1 : 0;
    }
    EXPECT_GT(right, 495U);
}

TEST(Softmax, IsNotOverwhelmed) {
    std::array<double, 3> scores{1'000.0, 1'001.0, -1'000.0};
    softmax(scores);
    EXPECT_NEAR(scores[1], 1.0 / (1.0 + std::exp(-1.0)), 1e-12);
    EXPECT_NEAR(scores[0] + scores[1] + scores[2], 1.0, 1e-12);
}

}  // namespace
}  // namespace tierway::lab
