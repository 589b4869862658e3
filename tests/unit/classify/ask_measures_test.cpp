#include "tierway/classify/ask_measures.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace tierway::classify {
namespace {

double of(const AskMeasures& measures, AskMeasure measure) {
    return measures[static_cast<std::size_t>(measure)];
}

TEST(AskMeasures, CountsTheQuantitiesOfAWordProblem) {
    const AskMeasures measures = measure_ask("Ann has 3 apples and twice as many pears, $1,200.50 in all. How many more than 3 does each get?");
    EXPECT_NEAR(of(measures, AskMeasure::Numbers), std::log1p(3.0), 1e-12);
    EXPECT_NEAR(of(measures, AskMeasure::DifferentNumbers), std::log1p(2.0), 1e-12);
    EXPECT_NEAR(of(measures, AskMeasure::GreatestNumber), std::log1p(1200.5), 1e-12);
    EXPECT_EQ(of(measures, AskMeasure::Multiples), 1.0);
    EXPECT_EQ(of(measures, AskMeasure::Comparisons), 2.0);
    EXPECT_EQ(of(measures, AskMeasure::Rates), 1.0);
    EXPECT_EQ(of(measures, AskMeasure::Totals), 1.0);
    EXPECT_EQ(of(measures, AskMeasure::Sentences), 2.0);
    EXPECT_EQ(of(measures, AskMeasure::Money), 1.0);
    EXPECT_EQ(of(measures, AskMeasure::Decimals), 1.0);
    EXPECT_EQ(of(measures, AskMeasure::Percent), 0.0);
    EXPECT_EQ(of(measures, AskMeasure::Questions), 1.0);
}

TEST(AskMeasures, IsFiniteForAnyBytes) {
    std::string bytes;
    for (int i = 0; i < 4096; ++i) {
        bytes.push_back(static_cast<char>(i * 37));
    }
    for (const std::string& text : {std::string(), std::string("   \n\t"), std::string(5000, '9'), std::string("1e999 .... 1.2.3.4 ,,,"), bytes}) {
        for (const double value : measure_ask(text)) {
            EXPECT_TRUE(std::isfinite(value));
        }
    }
}

}  // namespace
}  // namespace tierway::classify
