#include "tierway/cascade/quality_window.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tierway::cascade {
namespace {

TEST(QualityWindow, IsThatOfTheKeptDraftsWhenAllAreKept) {
    QualityWindow window;
    for (int i = 0; i < 100; ++i) {
        window.count_answer(true);
        window.count_comparison(i % 10 != 0);
    }
    EXPECT_DOUBLE_EQ(window.quality().estimate, 0.9);
    EXPECT_DOUBLE_EQ(window.quality().low, wilson_interval(90, 100).low);
}

TEST(QualityWindow, CountsAnEscalatedAnswerAsTheHigherTiersOwn) {
    QualityWindow window;
    for (int i = 0; i < 100; ++i) {
        window.count_answer(i % 2 == 0);
        window.count_comparison(i % 10 != 0);
    }
    EXPECT_DOUBLE_EQ(window.quality().estimate, 0.95);
}

TEST(QualityWindow, ForgetsOldComparisons) {
    QualityWindow window;
    for (std::size_t i = 0; i < QualityWindow::kLookedAtMax; ++i) {
        window.count_comparison(false);
    }
    EXPECT_EQ(window.quality().estimate, 0.0);
    for (std::size_t i = 0; i < QualityWindow::kLookedAtMax; ++i) {
        window.count_comparison(true);
    }
    EXPECT_EQ(window.quality().estimate, 1.0);
    EXPECT_EQ(window.compared(), QualityWindow::kLookedAtMax);
}

TEST(QualityWindow, ForgetsHowManyDraftsWereKeptLongAgo) {
    QualityWindow window;
    for (std::uint64_t i = 0; i < 10 * QualityWindow::kAnswersMax; ++i) {
        window.count_answer(false);
    }
    for (std::uint64_t i = 0; i < 10 * QualityWindow::kAnswersMax; ++i) {
        window.count_answer(true);
    }
    window.count_comparison(false);
    EXPECT_NEAR(window.quality().estimate, 0.0, 0.001);
}

TEST(QualityWindow, RaisesNoAlarmBeforeAFaultlessRecordCouldPass) {
    QualityWindow window;
    EXPECT_FALSE(window.below(0.97));
    for (int i = 0; i < 124; ++i) {
        window.count_comparison(true);
        EXPECT_FALSE(window.below(0.97)) << i;
    }
    window.count_comparison(false);
    window.count_comparison(true);
    EXPECT_TRUE(window.below(0.97));
    EXPECT_FALSE(window.below(0.5));
}

TEST(IsSampled, TakesTheShareAskedForAndAlwaysTheSame) {
    int sampled = 0;
    for (int i = 0; i < 20'000; ++i) {
        const std::string id = "req-" + std::to_string(i);
        sampled += is_sampled(id, 0.05) ? 1 : 0;
        EXPECT_EQ(is_sampled(id, 0.05), is_sampled(id, 0.05));
        EXPECT_TRUE(is_sampled(id, 1.0));
        EXPECT_FALSE(is_sampled(id, 0.0));
    }
    EXPECT_NEAR(sampled, 1'000, 120);
}

}  // namespace
}  // namespace tierway::cascade
