#include "tierway/cascade/draft_measures.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace tierway::cascade {
namespace {

dialect::AnswerChoice choice_of(std::string text, std::vector<float> logprobs = {}) {
    dialect::AnswerChoice choice;
    choice.content = std::move(text);
    choice.finish_reason = dialect::FinishReason::Stop;
    choice.token_logprobs = std::move(logprobs);
    return choice;
}

double of(const DraftMeasures& measures, DraftMeasure measure) {
    return measures[static_cast<std::size_t>(measure)];
}

DraftMeasures measured(const dialect::AnswerChoice& choice, const Opinions& opinions = {}, const DraftSizes& sizes = {}) {
    return measure_draft(choice, measure(choice, {}, opinions), opinions, sizes);
}

TEST(DraftMeasures, NamesEveryMeasure) {
    for (std::size_t i = 0; i < kDraftMeasures; ++i) {
        EXPECT_FALSE(name_of(static_cast<DraftMeasure>(i)).empty());
    }
    EXPECT_EQ(name_of(DraftMeasure::AgreesSurely), "agrees_surely");
}

TEST(DraftMeasures, TakesQuantilesOfTheLogProbabilities) {
    const DraftMeasures measures = measured(choice_of("a b c d e", {-0.1F, -4.0F, -0.2F, -0.3F, -0.4F}));
    EXPECT_EQ(of(measures, DraftMeasure::HasLogprobs), 1.0);
    EXPECT_NEAR(of(measures, DraftMeasure::WeakestToken), -4.0, 1e-6);
    EXPECT_NEAR(of(measures, DraftMeasure::Median), -0.3, 1e-6);
    const double mean = std::exp(-1.0);
    EXPECT_NEAR(of(measures, DraftMeasure::MeanLogOdds), std::log(mean / (1.0 - mean)), 1e-6);
}

TEST(DraftMeasures, BoundsLogProbabilitiesThatNobodyShouldSend) {
    const float no_number = std::numeric_limits<float>::quiet_NaN();
    for (const float logprob : {-9999.0F, no_number, 3.0F, 0.0F, -std::numeric_limits<float>::infinity()}) {
        const DraftMeasures measures = measured(choice_of("x", {logprob}));
        for (const double value : measures) {
            EXPECT_TRUE(std::isfinite(value)) << logprob;
        }
        EXPECT_GE(of(measures, DraftMeasure::WeakestToken), -10.0);
        EXPECT_LE(std::abs(of(measures, DraftMeasure::MeanLogOdds)), 12.0);
    }
}

TEST(DraftMeasures, SaysWhetherTheSecondOpinionAgrees) {
    dialect::ChatAnswer second;
    second.choices.push_back(choice_of(R"({"answer": "7"})"));
    Opinions opinions;
    opinions.second = &second;
    const DraftSizes sizes{.prompt = 10, .draft = 100, .second = 50};
    const DraftMeasures same = measured(choice_of(R"({"answer": 7})"), opinions, sizes);
    EXPECT_EQ(of(same, DraftMeasure::HasSecond), 1.0);
    EXPECT_EQ(of(same, DraftMeasure::Agrees), 1.0);
    EXPECT_NEAR(of(same, DraftMeasure::LengthGap), std::log(101.0 / 51.0), 1e-12);
    EXPECT_EQ(of(measured(choice_of(R"({"answer": 8})"), opinions, sizes), DraftMeasure::Agrees), 0.0);
    EXPECT_EQ(of(measured(choice_of(R"({"answer": 8})")), DraftMeasure::HasSecond), 0.0);
}

TEST(DraftMeasures, KnowsASecondOpinionWithoutAnAnswer) {
    dialect::ChatAnswer second;
    second.choices.push_back(choice_of("First I add.\nThen I multiply.\nThen I am lost."));
    Opinions opinions;
    opinions.second = &second;
    EXPECT_EQ(of(measured(choice_of(R"({"answer": 7})"), opinions), DraftMeasure::SecondIsEmpty), 1.0);
}

TEST(DraftMeasures, KnowsWhatKindOfAnswerADraftEndsIn) {
    const DraftMeasures number = measured(choice_of(R"({"answer": "42"})"));
    EXPECT_EQ(of(number, DraftMeasure::HasFinal), 1.0);
    EXPECT_EQ(of(number, DraftMeasure::FinalIsNumber), 1.0);
    EXPECT_EQ(of(measured(choice_of(R"({"answer": "Paris"})")), DraftMeasure::FinalIsNumber), 0.0);
    EXPECT_EQ(of(measured(choice_of("One line.\nAnother line.\nNo answer at all.")), DraftMeasure::HasFinal), 0.0);
}

TEST(DraftMeasures, LetsNoLengthDrownTheRest) {
    const DraftMeasures measures = measured(choice_of("x"), {}, {.prompt = 1'000'000'000, .draft = -5, .second = 0});
    EXPECT_NEAR(of(measures, DraftMeasure::PromptLength), std::log1p(2000.0), 1e-12);
    EXPECT_EQ(of(measures, DraftMeasure::DraftLength), 0.0);
}

}  // namespace
}  // namespace tierway::cascade
