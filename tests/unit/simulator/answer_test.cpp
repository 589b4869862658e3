#include "simulator/answer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "simulator/tokens.hpp"

namespace tierway::simulator {
namespace {

ChatInput question(const std::string& text) {
    ChatInput input;
    input.model = "sim-small";
    input.question = text;
    input.conversation = "user\n" + text + "\n";
    input.text_bytes = text.size();
    return input;
}

const ModelProfile& small() {
    return demo_profiles().front();
}

Faults forced(bool right) {
    Faults faults;
    faults.right = right;
    return faults;
}

double mean_log_probability(const Answer& answer) {
    double sum = 0.0;
    for (const Token& token : answer.tokens) {
        sum += token.log_probability;
    }
    return sum / static_cast<double>(answer.tokens.size());
}

/// Probability that a right answer ranks above a wrong one, by the rank-sum of Mann and Whitney.
double auroc(std::vector<std::pair<double, bool>> scores) {
    std::sort(scores.begin(), scores.end());
    double rank_sum = 0.0;
    double right = 0.0;
    for (std::size_t i = 0; i < scores.size(); ++i) {
        rank_sum += scores[i].second ? static_cast<double>(i + 1) : 0.0;
        right += scores[i].second ? 1.0 : 0.0;
    }
    const double wrong = static_cast<double>(scores.size()) - right;
    return (rank_sum - right * (right + 1.0) / 2.0) / (right * wrong);
}

TEST(Answer, HasTheSameFateEachTime) {
    for (int i = 0; i < 50; ++i) {
        ChatInput input = question("What is " + std::to_string(i) + " * 7?");
        const Answer plain = make_answer(small(), input, Faults(), 0);
        input.stream = input.logprobs = input.include_usage = true;
        const Answer streamed = make_answer(small(), input, Faults(), 0);
        EXPECT_EQ(plain.right, streamed.right);
        EXPECT_EQ(plain.text(), streamed.text());
        EXPECT_EQ(mean_log_probability(plain), mean_log_probability(streamed));
    }
}

TEST(Answer, IsRightAsOftenAsTheModelIsSkilled) {
    int right = 0;
    int hedged = 0;
    constexpr int kQuestions = 4000;
    for (int i = 0; i < kQuestions; ++i) {
        const Answer answer = make_answer(small(), question("What is " + std::to_string(i) + " + 5?"), Faults(), 0);
        ASSERT_EQ(answer.kind, TaskKind::Math);
        EXPECT_EQ(answer.text().ends_with("The answer is " + std::to_string(i + 5) + "."), answer.right);
        right += answer.right ? 1 : 0;
        hedged += answer.hedged ? 1 : 0;
        EXPECT_FALSE(answer.hedged && answer.right);
    }
    EXPECT_NEAR(static_cast<double>(right) / kQuestions, small().skill.at("math"), 0.03);
    EXPECT_NEAR(static_cast<double>(hedged) / (kQuestions - right), 0.35, 0.05);
}

TEST(Answer, HasLogProbabilitiesThatTellRightFromWrongButNotSurely) {
    std::vector<std::pair<double, bool>> scores;
    double right_sum = 0.0;
    double wrong_sum = 0.0;
    double right = 0.0;
    for (int i = 0; i < 4000; ++i) {
        const Answer answer = make_answer(small(), question("What is " + std::to_string(i) + " + 5?"), Faults(), 0);
        const double score = mean_log_probability(answer);
        scores.emplace_back(score, answer.right);
        (answer.right ? right_sum : wrong_sum) += std::exp(score);
        right += answer.right ? 1.0 : 0.0;
    }
    const double area = auroc(scores);
    EXPECT_GT(area, 0.82);
    EXPECT_LT(area, 0.92);
    EXPECT_NEAR(right_sum / right, 0.91, 0.03);
    EXPECT_NEAR(wrong_sum / (4000.0 - right), 0.65, 0.06);
}

TEST(Answer, KeepsLogProbabilitiesBelowZero) {
    for (int i = 0; i < 500; ++i) {
        for (const Token& token : make_answer(small(), question("Say " + std::to_string(i)), Faults(), 0).tokens) {
            EXPECT_LT(token.log_probability, 0.0);
            EXPECT_TRUE(std::isfinite(token.log_probability));
        }
    }
}

TEST(Answer, ObeysForcedConfidence) {
    Faults faults = forced(true);
    faults.confident = false;
    EXPECT_LT(std::exp(mean_log_probability(make_answer(small(), question("Hello"), faults, 0))), 0.6);
    faults.right = false;
    faults.confident = true;
    const Answer sure = make_answer(small(), question("Hello"), faults, 0);
    EXPECT_GT(std::exp(mean_log_probability(sure)), 0.95);
    EXPECT_FALSE(sure.hedged);
}

TEST(Answer, ObeysForcedFatesAndForms) {
    const ChatInput input = question("What is 17*23?");
    EXPECT_EQ(make_answer(small(), input, forced(true), 0).text(), "The answer is 391.");
    EXPECT_EQ(make_answer(small(), input, forced(false), 0).text().find("391"), std::string::npos);
    Faults faults = forced(true);
    faults.hedge = true;
    EXPECT_EQ(make_answer(small(), input, faults, 0).text(), "I'm not sure, but I think: The answer is 391.");
    faults = Faults();
    faults.empty = true;
    const Answer empty = make_answer(small(), input, faults, 0);
    EXPECT_TRUE(empty.tokens.empty());
    EXPECT_EQ(empty.finish_reason, "stop");
    faults = Faults();
    faults.refusal = true;
    EXPECT_EQ(make_answer(small(), input, faults, 0).form, Answer::Form::Refusal);
    faults = Faults();
    faults.refuse = true;
    EXPECT_EQ(make_answer(small(), input, faults, 0).form, Answer::Form::Text);
    faults = forced(true);
    faults.length = true;
    const Answer cut = make_answer(small(), input, faults, 0);
    EXPECT_EQ(cut.finish_reason, "length");
    EXPECT_LT(cut.text().size(), std::string("The answer is 391.").size());
    faults = Faults();
    faults.events = 50;
    EXPECT_EQ(make_answer(small(), input, faults, 0).tokens.size(), 50U);
}

TEST(Answer, ObeysStopAndTheTokenLimit) {
    ChatInput input = question("What is 17*23?");
    input.stop = {"391"};
    const Answer stopped = make_answer(small(), input, forced(true), 0);
    EXPECT_EQ(stopped.text(), "The answer is ");
    EXPECT_EQ(stopped.finish_reason, "stop");
    input.stop.clear();
    input.tokens_max = 2;
    const Answer cut = make_answer(small(), input, forced(true), 0);
    EXPECT_EQ(cut.text(), "The answer");
    EXPECT_EQ(cut.finish_reason, "length");
    input.tokens_max = 1000;
    EXPECT_EQ(make_answer(small(), input, forced(true), 0).finish_reason, "stop");
}

OfferedTool weather() {
    OfferedTool tool;
    tool.name = "get_weather";
    tool.parameters = nlohmann::json::parse(
        R"({"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer","minimum":1}},"required":["city"]})");
    return tool;
}

TEST(Answer, CallsAToolWhenAskedOrRequired) {
    ChatInput input = question("What is the weather in Oslo?");
    input.tools.push_back(weather());
    const Answer call = make_answer(small(), input, forced(true), 0);
    ASSERT_EQ(call.form, Answer::Form::ToolCall);
    EXPECT_EQ(call.kind, TaskKind::ToolUse);
    EXPECT_EQ(call.finish_reason, "tool_calls");
    EXPECT_EQ(call.tool_name, "get_weather");
    EXPECT_FALSE(call.tool_call_id.empty());
    const auto arguments = nlohmann::json::parse(call.text());
    EXPECT_EQ(arguments["city"], "Oslo");
    EXPECT_TRUE(arguments["days"].is_number_integer());

    EXPECT_FALSE(nlohmann::json::parse(make_answer(small(), input, forced(false), 0).text(), nullptr, false).contains("city"));

    input.question = "Tell me a joke";
    EXPECT_EQ(make_answer(small(), input, forced(true), 0).form, Answer::Form::Text);
    input.tool_choice = ChatInput::ToolChoice::Required;
    EXPECT_EQ(make_answer(small(), input, forced(true), 0).form, Answer::Form::ToolCall);
    input.question = "What is the weather in Oslo?";
    input.tool_choice = ChatInput::ToolChoice::None;
    EXPECT_EQ(make_answer(small(), input, forced(true), 0).form, Answer::Form::Text);
    input.tool_choice = ChatInput::ToolChoice::Auto;
    input.tool_result = "12 degrees";
    EXPECT_EQ(make_answer(small(), input, forced(true), 0).text(), "The tool says: 12 degrees");
}

TEST(Answer, IsJsonWhenJsonWasAskedFor) {
    ChatInput input = question("What is 6*7?");
    input.form = ChatInput::Form::JsonObject;
    EXPECT_EQ(make_answer(small(), input, forced(true), 0).text(), R"({"answer":"42"})");
    EXPECT_TRUE(nlohmann::json::parse(make_answer(small(), input, forced(false), 0).text(), nullptr, false).is_discarded());
    input.form = ChatInput::Form::JsonSchema;
    input.schema = nlohmann::json::parse(R"({"type":"object","properties":{"result":{"type":"integer"}},"required":["result"]})");
    EXPECT_EQ(make_answer(small(), input, forced(true), 0).text(), R"({"result":42})");
    EXPECT_EQ(make_answer(small(), input, forced(false), 0).text(), "{}");
}

TEST(Usage, CountsFourBytesATokenAndImages) {
    ChatInput input = question("12345");
    EXPECT_EQ(prompt_tokens_of(input), 2);
    input.images = 2;
    EXPECT_EQ(prompt_tokens_of(input), 2 + 2 * 765);
    EXPECT_EQ(usage_of(input, Faults(), 9).completion_tokens, 9);
    Faults faults;
    FixedUsage fixed;
    fixed.prompt_tokens = 1000;
    fixed.completion_tokens = 200;
    fixed.cached_tokens = 800;
    fixed.reasoning_tokens = 50;
    faults.usage = fixed;
    const Usage usage = usage_of(input, faults, 9);
    EXPECT_EQ(usage.prompt_tokens, 1000);
    EXPECT_EQ(usage.completion_tokens, 200);
    EXPECT_EQ(usage.cached_tokens, 800);
    EXPECT_EQ(usage.reasoning_tokens, 50);
}

TEST(Tokens, JoinToTheTextAndSplitNoCharacter) {
    for (const char* text :
         {"", " ", "  two  spaces ", "Hello, world!", "1234567", "internationalization", "\n\n\tx",
          "h\xc3\xa9ll\xc3\xb6 w\xc3\xb6rld", "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e",
          "\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80", "{\"a\":[1,2]}"}) {
        SCOPED_TRACE(text);
        std::string joined;
        for (const std::string& token : tokens_of(text)) {
            EXPECT_FALSE(token.empty());
            EXPECT_NE(static_cast<unsigned char>(token.front()) & 0xc0U, 0x80U);
            joined += token;
        }
        EXPECT_EQ(joined, text);
    }
}

}  // namespace
}  // namespace tierway::simulator
