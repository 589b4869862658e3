#include "tierway/simulator/recordings.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "simulator/recorded_answer.hpp"

namespace tierway::simulator {
namespace {

Recording recording(std::string text) {
    Recording made;
    made.text = std::move(text);
    made.prompt_tokens = 12;
    made.completion_tokens = 3;
    return made;
}

Recordings two_models() {
    Recordings recordings;
    recordings.add("a/small", "1+1?", recording("2"));
    recordings.add("a/small", "1+2?", recording("3"));
    recordings.add("b/large", "1+1?", recording("Two."));
    return recordings;
}

TEST(Recordings, AreFoundByModelAndExactPrompt) {
    const Recordings recordings = two_models();
    EXPECT_EQ(recordings.size(), 3U);
    EXPECT_EQ((*recordings.find("a/small", "1+2?"))->text, "3");
    EXPECT_EQ((*recordings.find("b/large", "1+1?"))->text, "Two.");
    const auto unknown = recordings.find("b/large", "1+1? ");
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code(), "recording_not_found");
    EXPECT_EQ(recordings.find("c/none", "1+1?").error().code(), "model_not_found");
}

TEST(Recordings, AreFoundWithoutTheProviderWhereThatIsUnambiguous) {
    Recordings recordings = two_models();
    EXPECT_EQ((*recordings.find("large", "1+1?"))->text, "Two.");
    recordings.add("c/large", "1+1?", recording("II"));
    EXPECT_FALSE(recordings.find("large", "1+1?"));
    EXPECT_EQ(recordings.model_names(), (std::vector<std::string>{"a/small", "b/large", "c/large", "small"}));
}

TEST(Recordings, KeepTheFirstAnswerToAPrompt) {
    Recordings recordings = two_models();
    recordings.add("a/small", "1+1?", recording("11"));
    EXPECT_EQ(recordings.size(), 3U);
    EXPECT_EQ((*recordings.find("a/small", "1+1?"))->text, "2");
}

TEST(RecordedAnswer, IsOneFinishedChoiceWithItsTokensAsUsage) {
    Recording made = recording("It is 2.");
    made.token_probability = 0.5;
    const Answer answer = recorded_answer(made);
    EXPECT_EQ(answer.text(), "It is 2.");
    EXPECT_EQ(answer.finish_reason, "stop");
    ASSERT_EQ(answer.tokens.size(), 1U);
    EXPECT_DOUBLE_EQ(answer.tokens[0].log_probability, std::log(0.5));
    ChatInput input;
    input.logprobs = true;
    Faults faults;
    tell_what_is_recorded(made, input, faults);
    const Usage usage = usage_of(input, faults, 1);
    EXPECT_EQ(usage.prompt_tokens, 12);
    EXPECT_EQ(usage.completion_tokens, 3);
    EXPECT_TRUE(input.logprobs);
    tell_what_is_recorded(recording("2"), input, faults);
    EXPECT_FALSE(input.logprobs) << "no probability is made up";
}

TEST(RecordedAnswer, OfAnImpossibleTokenStaysWithinJson) {
    Recording made = recording("2");
    made.token_probability = 0.0;
    EXPECT_TRUE(std::isfinite(recorded_answer(made).tokens[0].log_probability));
}

}  // namespace
}  // namespace tierway::simulator
