// agreement and verifier: the signals that other models give.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tierway/cascade/confidence.hpp"
#include "tierway/cascade/signals.hpp"

namespace tierway::cascade {
namespace {

dialect::ChatAnswer answers(const std::vector<std::string>& texts) {
    dialect::ChatAnswer answer;
    for (const std::string& text : texts) {
        answer.choices.emplace_back();
        answer.choices.back().content = text;
        answer.choices.back().finish_reason = dialect::FinishReason::Stop;
    }
    return answer;
}

std::optional<double> agreement(const std::string& draft, const std::vector<std::string>& samples,
                                std::string_view field = kAnswerField) {
    const dialect::ChatAnswer first = answers({draft});
    const dialect::ChatAnswer second = answers(samples);
    Opinions opinions;
    opinions.second = &second;
    opinions.answer_field = field;
    const auto signal = agreement_signal(first.choices[0], opinions);
    return signal ? std::optional(signal->score) : std::nullopt;
}

const std::string kProse = "Let us see.\nThere is much to be said for both.";

TEST(Agreement, IsWholeForTheSameFinalAnswerAndNothingForAnother) {
    EXPECT_EQ(agreement(R"({"reasoning": "a", "answer": "3"})", {"So we get:\n#### 3.0"}), 1.0);
    EXPECT_EQ(agreement(R"({"answer": "3"})", {R"({"answer": "4"})"}), 0.0);
    EXPECT_EQ(agreement(R"({"city": "Bern", "answer": "1"})", {R"({"city": "bern", "answer": "2"})"}, "city"), 1.0);
}

TEST(Agreement, IsTheShareOfSamples) {
    EXPECT_EQ(agreement("42", {"42", "41", "42.0", "43"}), 0.5);
}

TEST(Agreement, CountsAMissingFinalAnswerAsAnother) {
    EXPECT_EQ(agreement(kProse, {"42"}), 0.0);
    EXPECT_EQ(agreement("42", {kProse}), 0.0);
}

TEST(Agreement, IsAbsentWhereNothingCanBeCompared) {
    EXPECT_EQ(agreement(kProse, {kProse}), std::nullopt);
    EXPECT_EQ(agreement("42", {}), std::nullopt);
    EXPECT_FALSE(agreement_signal(answers({"42"}).choices[0], {}));
}

TEST(Agreement, DecidesAtTheUsualThresholds) {
    const dialect::ChatAnswer draft = answers({"42"});
    const dialect::ChatAnswer same = answers({"42"});
    const dialect::ChatAnswer other = answers({"41"});
    Opinions opinions;
    opinions.second = &same;
    EXPECT_GT(judge(draft, {}, kDefaultWeights, opinions).confidence, 0.9);
    opinions.second = &other;
    EXPECT_LT(judge(draft, {}, kDefaultWeights, opinions).confidence, 0.5);
}

TEST(Verifier, CountsTheMoreTheSurerItIs) {
    const auto score = [](bool correct, double confidence) {
        Opinions opinions;
        opinions.verifier = VerifierVerdict{correct, confidence};
        return verifier_signal(opinions)->score;
    };
    EXPECT_EQ(score(true, 1.0), 1.0);
    EXPECT_EQ(score(true, 0.5), 0.75);
    EXPECT_EQ(score(true, 0.0), 0.5);
    EXPECT_EQ(score(false, 1.0), 0.0);
    EXPECT_EQ(score(false, 7.0), 0.0);
    EXPECT_FALSE(verifier_signal({}));
}

TEST(ReadVerdict, TakesOneJsonObjectAsModelsWriteIt) {
    const auto sure = read_verdict(R"({"correct": true, "confidence": 0.9})");
    ASSERT_TRUE(sure);
    EXPECT_TRUE(sure->correct);
    EXPECT_EQ(sure->confidence, 0.9);
    const auto fenced = read_verdict("It adds up wrongly.\n```json\n{\"correct\": \"No\", \"confidence\": \"80%\"}\n```");
    ASSERT_TRUE(fenced);
    EXPECT_FALSE(fenced->correct);
    EXPECT_EQ(fenced->confidence, 0.8);
    EXPECT_EQ(read_verdict(R"({"correct": false})")->confidence, 1.0);
    EXPECT_EQ(read_verdict(R"({"correct": true, "confidence": "very"})")->confidence, 1.0);
    EXPECT_EQ(read_verdict(R"({"correct": true, "confidence": -3})")->confidence, 1.0);
}

TEST(ReadVerdict, IsAbsentWithoutAVerdict) {
    EXPECT_FALSE(read_verdict(""));
    EXPECT_FALSE(read_verdict("It is correct."));
    EXPECT_FALSE(read_verdict(R"({"correct": null})"));
    EXPECT_FALSE(read_verdict(R"({"correct": "perhaps"})"));
}

}  // namespace
}  // namespace tierway::cascade
