#include "tierway/dialect/chat_answer.hpp"

#include "document.hpp"
#include "provider_samples.hpp"

namespace tierway::dialect {
namespace {

ChatAnswer answer_of(std::string_view name) {
    for (const WholeSample& sample : whole_samples()) {
        if (sample.name == name) {
            const Document document(sample.body);
            const auto answer = read_chat_answer(document.root(), "acme");
            EXPECT_TRUE(answer.has_value()) << name;
            return answer ? *answer : ChatAnswer{};
        }
    }
    ADD_FAILURE() << "no sample named " << name;
    return {};
}

Error error_of(const std::string& body) {
    const Document document(body);
    const auto answer = read_chat_answer(document.root(), "acme");
    EXPECT_FALSE(answer.has_value()) << body;
    return answer ? Error{} : answer.error();
}

std::string with_choice(std::string_view choice) {
    return std::string(R"({"model":"m","choices":[)").append(choice).append("]}");
}

TEST(ReadChatAnswer, ReadsOpenAi) {
    const ChatAnswer answer = answer_of("OpenAI");
    ASSERT_EQ(answer.choices.size(), 1U);
    EXPECT_EQ(answer.choices[0].content, "Hello! How can I assist you today?");
    EXPECT_EQ(answer.choices[0].refusal, "");
    EXPECT_EQ(answer.choices[0].finish_reason, FinishReason::Stop);
    EXPECT_TRUE(answer.choices[0].tool_calls.empty());
    EXPECT_TRUE(answer.choices[0].token_logprobs.empty());
    EXPECT_EQ(answer.model, "gpt-5-mini-2025-08-07");
    EXPECT_EQ(answer.usage, (TokenUsage{19, 10, 0, 0, 0}));
}

TEST(ReadChatAnswer, ReadsToolCallsOfEveryKind) {
    const ChatAnswer answer = answer_of("OpenAI tools");
    const AnswerChoice& choice = answer.choices.at(0);
    EXPECT_EQ(choice.finish_reason, FinishReason::ToolCalls);
    EXPECT_EQ(choice.content, "");
    ASSERT_EQ(choice.tool_calls.size(), 2U);
    EXPECT_EQ(choice.tool_calls[0].name, "get_weather");
    EXPECT_EQ(choice.tool_calls[0].arguments, "{\n\"location\": \"Boston, MA\"\n}");
    EXPECT_EQ(choice.tool_calls[1].name, "shell");
    EXPECT_EQ(choice.tool_calls[1].arguments, "ls -l");
    const ChatAnswer legacy = answer_of("legacy function call");
    ASSERT_EQ(legacy.choices.at(0).tool_calls.size(), 1U);
    EXPECT_EQ(legacy.choices[0].tool_calls[0].name, "f");
    EXPECT_EQ(legacy.choices[0].tool_calls[0].arguments, R"({"a":1})");
    EXPECT_EQ(legacy.choices[0].finish_reason, FinishReason::ToolCalls);
    EXPECT_EQ(legacy.usage, std::nullopt);
}

TEST(ReadChatAnswer, TakesArgumentsThatAreNoStringAsTheirJsonText) {
    const Document document(with_choice(
        R"({"message":{"tool_calls":[{"function":{"name":"f","arguments":{"a": 1}}},{"function":{"name":"g"}}]},"finish_reason":"tool_calls"})"));
    const auto answer = read_chat_answer(document.root(), "acme");
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->choices[0].tool_calls.at(0).arguments, R"({"a": 1})");
    EXPECT_EQ(answer->choices[0].tool_calls.at(1).arguments, "");
}

TEST(ReadChatAnswer, ReadsLogprobs) {
    EXPECT_EQ(answer_of("vLLM with logprobs").choices.at(0).token_logprobs, (std::vector<float>{-0.25F, -1.5F}));
    const Document document(with_choice(
        R"({"message":{"content":"x"},"logprobs":{"content":[{"logprob":-1e999},{"logprob":null},{"logprob":0.001},{"token":"x"}]}})"));
    EXPECT_EQ(read_chat_answer(document.root(), "acme")->choices.at(0).token_logprobs, (std::vector<float>{-9999.0F, 0.0F}));
}

TEST(ReadChatAnswer, ReadsVendorsForms) {
    const ChatAnswer deepseek = answer_of("DeepSeek");
    EXPECT_EQ(deepseek.choices.at(0).content, "Hallo \xF0\x9F\x98\x80");
    EXPECT_EQ(deepseek.usage, (TokenUsage{16, 10, 8, 0, 0}));
    EXPECT_EQ(answer_of("Groq").usage, (TokenUsage{18, 5, 0, 0, 0}));
    EXPECT_EQ(answer_of("Azure").choices.at(0).finish_reason, FinishReason::ContentFilter);
    EXPECT_EQ(answer_of("OpenRouter").choices.at(0).finish_reason, FinishReason::Length);
    EXPECT_EQ(answer_of("Mistral parts").choices.at(0).content, "Four.");
    const ChatAnswer two = answer_of("two choices, no usage, no model");
    ASSERT_EQ(two.choices.size(), 2U);
    EXPECT_EQ(two.choices[0].content, "a");
    EXPECT_EQ(two.choices[1].refusal, "I cannot.");
    EXPECT_EQ(two.model, "");
}

TEST(ReadChatAnswer, MapsFinishReasons) {
    const std::vector<std::pair<std::string, FinishReason>> cases = {
        {"\"stop\"", FinishReason::Stop},
        {"\"length\"", FinishReason::Length},
        {"\"tool_calls\"", FinishReason::ToolCalls},
        {"\"function_call\"", FinishReason::ToolCalls},
        {"\"content_filter\"", FinishReason::ContentFilter},
        {"\"model_length\"", FinishReason::Length},
        {"\"eos\"", FinishReason::Stop},
        {"null", FinishReason::None},
        {"\"\"", FinishReason::None},
    };
    for (const auto& [text, reason] : cases) {
        SCOPED_TRACE(text);
        const Document document(with_choice(R"({"message":{"content":"x"},"finish_reason":)" + text + "}"));
        EXPECT_EQ(read_chat_answer(document.root(), "acme")->choices.at(0).finish_reason, reason);
    }
}

TEST(ReadChatAnswer, RefusesWhatIsNoAnswer) {
    for (const std::string body :
         {"[]", "null", "\"Hello\"", "{}", R"({"choices":null})", R"({"choices":{}})", R"({"choices":[]})",
          R"({"choices":["x"]})", R"({"choices":[{}]})", R"({"choices":[{"message":"x"}]})",
          R"({"choices":[{"message":{"content":5}}]})", R"({"choices":[{"text":"old completion"}]})",
          R"([{"choices":[{"message":{"content":"x"}}]}])"}) {
        SCOPED_TRACE(body);
        const Error error = error_of(body);
        EXPECT_EQ(error.kind(), ErrorKind::UpstreamMalformed);
        EXPECT_EQ(error.code(), "upstream_malformed");
    }
}

TEST(ReadChatAnswer, BoundsChoicesAndToolCalls) {
    std::string choices;
    std::string calls;
    for (int i = 0; i < 129; ++i) {
        choices += std::string(i == 0 ? "" : ",") + R"({"message":{"content":"x"}})";
        calls += std::string(i == 0 ? "" : ",") + "{}";
    }
    EXPECT_EQ(error_of(with_choice(choices)).kind(), ErrorKind::UpstreamMalformed);
    EXPECT_EQ(error_of(with_choice(R"({"message":{"tool_calls":[)" + calls + "]}}")).kind(), ErrorKind::UpstreamMalformed);
}

TEST(ReadChatAnswer, FindsTheErrorInsideA200) {
    EXPECT_EQ(error_of(R"({"error":{"code":502,"message":"Provider died"},"user_id":"u"})").code(), "upstream_unavailable");
    EXPECT_EQ(error_of(R"({"error":{"code":429,"message":"slow"}})").code(), "rate_limit_exceeded");
    EXPECT_EQ(error_of(R"([{"error":{"code":429,"message":"slow"}}])").code(), "rate_limit_exceeded");
    EXPECT_EQ(error_of(R"({"code":"x","error":"The model is gone"})").kind(), ErrorKind::UpstreamUnavailable);
    EXPECT_EQ(error_of(R"({"object":"error","message":"m","type":"BadRequestError","code":400})").kind(),
              ErrorKind::UpstreamRejected);
    EXPECT_EQ(error_of(with_choice(R"({"error":{"code":429,"message":"m"},"finish_reason":"error","message":{"content":"x"}})"))
                  .status(),
              429U);
    const Error finished = error_of(with_choice(R"({"finish_reason":"error","message":{"content":"par"}})"));
    EXPECT_EQ(finished.kind(), ErrorKind::UpstreamUnavailable);
    EXPECT_EQ(finished.retry(), Retry::Safe);
    EXPECT_EQ(error_of(with_choice(R"({"finish_reason":"insufficient_system_resource","message":{"content":"par"}})")).kind(),
              ErrorKind::UpstreamUnavailable);
}

TEST(ReadChatAnswer, IgnoresAnErrorMemberThatSaysNothing) {
    for (const std::string error : {"null", "{}", "\"\"", "false"}) {
        const Document document(R"({"error":)" + error + R"(,"choices":[{"message":{"content":"x"}}]})");
        EXPECT_TRUE(read_chat_answer(document.root(), "acme").has_value()) << error;
    }
}

}  // namespace
}  // namespace tierway::dialect
