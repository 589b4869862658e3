#include <gtest/gtest.h>

#include "dialect/document.hpp"
#include "dialect/hostile_json.hpp"
#include "dialect/reply_text.hpp"
#include "tierway/dialect/converse.hpp"

namespace tierway::dialect::converse {
namespace {

using Texts = std::vector<std::string>;

Result<Reply> read(const std::string& body) {
    const Document document(body);
    return read_reply(document.root(), "aws");
}

std::string answer(const std::string& content, const std::string& stop_reason = "end_turn") {
    return R"({"output":{"message":{"role":"assistant","content":[)" + content + R"(]}},"stopReason":")" + stop_reason +
           R"(","usage":{"inputTokens":10,"outputTokens":5,"totalTokens":22,"cacheReadInputTokens":4,"cacheWriteInputTokens":3},)"
           R"("metrics":{"latencyMs":12},"serviceTier":{"type":"flex"}})";
}

TEST(ConverseReply, ReadsAWholeAnswer) {
    const auto reply = read(answer(R"({"reasoningContent":{"reasoningText":{"text":"hm","signature":"s1"}}},
        {"reasoningContent":{"redactedContent":"s2"}},{"text":"Let me see."},
        {"toolUse":{"toolUseId":"tooluse_1","name":"f","input":{"a": 1.0}}},{"toolUse":{"toolUseId":"tooluse_2","name":"g"}})",
                                   "tool_use"));
    ASSERT_TRUE(reply);
    ASSERT_EQ(reply->choices.size(), 1U);
    EXPECT_EQ(texts_of(reply->choices[0]), (Texts{"reasoning hm sealed anthropic s1", "reasoning  sealed anthropic! s2", "text Let me see.",
                                                  R"(call tooluse_1 f {"a": 1.0})", "call tooluse_2 g {}"}));
    EXPECT_EQ(reply->choices[0].finish_reason, FinishReason::ToolCalls);
    EXPECT_EQ(text_of(reply->usage), "17+5 cached 4 written 3 reasoning 0");
    EXPECT_EQ(reply->service_tier, "flex");
}

TEST(ConverseReply, ThoughtWithoutASignatureIsOfNoFamily) {
    const auto reply = read(answer(R"({"reasoningContent":{"reasoningText":{"text":"hm"}}},{"text":"Hi"})"));
    ASSERT_TRUE(reply);
    EXPECT_EQ(std::get<ReasoningPart>(reply->choices[0].parts[0].value).origin, Origin::Unknown);
}

TEST(ConverseReply, CitedTextIsTextAndTheProvidersOwnToolsAreLeftOut) {
    const auto reply = read(answer(R"({"citationsContent":{"content":[{"text":"a"},{"text":"b"}],"citations":[]}},
        {"toolUse":{"toolUseId":"x","name":"search","input":{},"type":"server_tool_use"}},{"somethingNew":{}})"));
    ASSERT_TRUE(reply);
    EXPECT_EQ(texts_of(reply->choices[0]), (Texts{"text a", "text b"}));
}

TEST(ConverseReply, StopReasonsHaveTheirMeanings) {
    const std::vector<std::pair<std::string, FinishReason>> cases = {
        {"end_turn", FinishReason::Stop},
        {"stop_sequence", FinishReason::Stop},
        {"max_tokens", FinishReason::Length},
        {"model_context_window_exceeded", FinishReason::Length},
        {"tool_use", FinishReason::ToolCalls},
        {"content_filtered", FinishReason::ContentFilter},
        {"guardrail_intervened", FinishReason::ContentFilter},
        {"something_new", FinishReason::Other},
        {"", FinishReason::None},
    };
    for (const auto& [name, reason] : cases) {
        const auto reply = read(answer(R"({"text":"x"})", name));
        ASSERT_TRUE(reply) << name;
        EXPECT_EQ(reply->choices[0].finish_reason, reason) << name;
    }
    for (const std::string name : {"malformed_model_output", "malformed_tool_use"}) {
        const auto reply = read(answer("", name));
        ASSERT_FALSE(reply);
        EXPECT_EQ(reply.error().kind(), ErrorKind::UpstreamUnavailable);
    }
}

TEST(ConverseReply, RefusesWhatIsNoAnswer) {
    for (const std::string body : {"{}", "null", "[]", "7", R"({"message":"x"})", R"({"output":{"message":{"content":{}}}})"}) {
        const auto reply = read(body);
        ASSERT_FALSE(reply) << body;
        EXPECT_EQ(reply.error().kind(), ErrorKind::UpstreamMalformed) << body;
    }
    EXPECT_EQ(read(R"({"__type":"com.amazon#ThrottlingException","message":"slow"})").error().code(), "rate_limit_exceeded");
    std::string calls = R"({"toolUse":{"toolUseId":"x","name":"f"}})";
    for (int i = 1; i < 128; ++i) {
        calls += R"(,{"toolUse":{"toolUseId":"x","name":"f"}})";
    }
    EXPECT_TRUE(read(answer(calls)));
    EXPECT_FALSE(read(answer(calls + R"(,{"toolUse":{"toolUseId":"x","name":"f"}})")));
}

TEST(ConverseReply, WhateverStandsInAPlaceItIsAValueOrAnError) {
    std::size_t answers = 0;
    for (const std::string& variant : hostile_variants(answer(R"({"reasoningContent":{"reasoningText":{"text":"hm","signature":"s"}}},
        {"reasoningContent":{"redactedContent":"s"}},{"text":"x"},{"toolUse":{"toolUseId":"x","name":"f","input":{"a":1}}},
        {"citationsContent":{"content":[{"text":"a"}]}})"))) {
        answers += read(variant) ? 1 : 0;
    }
    EXPECT_GT(answers, 50U);
}

}  // namespace
}  // namespace tierway::dialect::converse
