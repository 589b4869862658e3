#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "dialect/document.hpp"
#include "dialect/hostile_json.hpp"
#include "dialect/reply_text.hpp"
#include "tierway/dialect/gemini.hpp"

namespace tierway::dialect::gemini {
namespace {

using Texts = std::vector<std::string>;

Result<Reply> read(const std::string& body) {
    const Document document(body);
    return read_reply(document.root(), "google");
}

std::string answer(const std::string& parts, const std::string& members = R"("finishReason":"STOP")") {
    return R"({"candidates":[{"content":{"role":"model","parts":[)" + parts + R"(]},)" + members +
           R"(,"index":0}],"usageMetadata":{"promptTokenCount":10,"cachedContentTokenCount":4,"candidatesTokenCount":5,"thoughtsTokenCount":7,)"
           R"("totalTokenCount":22},"modelVersion":"gemini-3-pro","responseId":"r1"})";
}

TEST(GeminiReply, ReadsAWholeAnswer) {
    const auto reply = read(answer(R"({"text":"Hello "},{"text":"there."})"));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->id, "r1");
    EXPECT_EQ(reply->model, "gemini-3-pro");
    ASSERT_EQ(reply->choices.size(), 1U);
    EXPECT_EQ(texts_of(reply->choices[0]), (Texts{"text Hello there."}));
    EXPECT_EQ(reply->choices[0].finish_reason, FinishReason::Stop);
    EXPECT_EQ(text_of(reply->usage), "10+12 cached 4 written 0 reasoning 7") << "thoughts lie outside the candidates";
}

TEST(GeminiReply, ThoughtsAndSignaturesAreKept) {
    const auto reply = read(answer(R"({"text":"Hm, ","thought":true},{"text":"yes.","thought":true,"thoughtSignature":"s1"},
        {"text":"Yes.","thoughtSignature":"s2"},{"functionCall":{"id":"c1","name":"f","args":{"a": 1.0}},"thoughtSignature":"s3"})"));
    ASSERT_TRUE(reply);
    EXPECT_EQ(texts_of(reply->choices[0]), (Texts{"reasoning Hm, yes. sealed gemini s1", "text Yes.", "reasoning  sealed gemini! s2",
                                                  R"(call c1 f {"a": 1.0} sealed s3)"}));
    EXPECT_EQ(reply->choices[0].finish_reason, FinishReason::ToolCalls);
}

TEST(GeminiReply, ASignatureOnAnEmptyThoughtBelongsToTheThoughtBefore) {
    const auto reply = read(answer(R"({"text":"Hm.","thought":true},{"text":"","thought":true,"thoughtSignature":"s1"},{"text":"Yes."})"));
    ASSERT_TRUE(reply);
    EXPECT_EQ(texts_of(reply->choices[0]), (Texts{"reasoning Hm. sealed gemini s1", "text Yes."}));
}

std::string call_id(const std::string& body, std::size_t part = 0) {
    const auto reply = read(body);
    EXPECT_TRUE(reply);
    return reply ? std::get<ToolCallPart>(reply->choices.at(0).parts.at(part).value).id : "";
}

TEST(GeminiReply, ACallWithoutAnIdGetsOneThatTheSameAnswerGivesAgain) {
    const std::string twice = answer(R"({"functionCall":{"name":"f","args":{}}},{"functionCall":{"name":"f","args":{}}})");
    const std::string first = call_id(twice, 0);
    EXPECT_TRUE(first.starts_with("call_"));
    EXPECT_EQ(first.size(), 29U);
    EXPECT_EQ(first, call_id(twice, 0));
    EXPECT_NE(first, call_id(twice, 1)) << "the place counts";
    EXPECT_NE(first, call_id(answer(R"({"functionCall":{"name":"g"}})"))) << "and what is called";
    EXPECT_NE(first, call_id(R"({"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{}}}]}}],"responseId":"r2"})"))
        << "and the answer";
}

TEST(GeminiReply, ACallWithoutArgumentsTakesNone) {
    for (const std::string call : {R"({"name":"f"})", R"({"name":"f","args":null})", R"({"name":"f","args":{}})"}) {
        const auto reply = read(answer(R"({"functionCall":)" + call + "}"));
        ASSERT_TRUE(reply);
        EXPECT_EQ(std::get<ToolCallPart>(reply->choices[0].parts.at(0).value).arguments, "{}");
    }
}

TEST(GeminiReply, FinishReasonsHaveTheirMeanings) {
    const std::vector<std::pair<std::string, FinishReason>> cases = {
        {"STOP", FinishReason::Stop},
        {"MAX_TOKENS", FinishReason::Length},
        {"CONTINUATION", FinishReason::Length},
        {"SAFETY", FinishReason::ContentFilter},
        {"RECITATION", FinishReason::ContentFilter},
        {"BLOCKLIST", FinishReason::ContentFilter},
        {"PROHIBITED_CONTENT", FinishReason::ContentFilter},
        {"SPII", FinishReason::ContentFilter},
        {"IMAGE_SAFETY", FinishReason::ContentFilter},
        {"LANGUAGE", FinishReason::Other},
        {"OTHER", FinishReason::Other},
        {"SOMETHING_NEW", FinishReason::Other},
    };
    for (const auto& [name, reason] : cases) {
        const auto reply = read(answer(R"({"text":"x"})", R"("finishReason":")" + name + "\""));
        ASSERT_TRUE(reply) << name;
        EXPECT_EQ(reply->choices[0].finish_reason, reason) << name;
    }
    const auto cut = read(answer(R"({"functionCall":{"name":"f"}})", R"("finishReason":"MAX_TOKENS")"));
    EXPECT_EQ(cut->choices[0].finish_reason, FinishReason::Length) << "a call that was cut is not one to make";
}

TEST(GeminiReply, AModelThatFailedAtACallIsAFailure) {
    for (const std::string name : {"MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "MALFORMED_RESPONSE"}) {
        const auto reply = read(answer("", R"("finishReason":")" + name + "\""));
        ASSERT_FALSE(reply) << name;
        EXPECT_EQ(reply.error().kind(), ErrorKind::UpstreamUnavailable);
        EXPECT_EQ(reply.error().retry(), Retry::Safe);
        EXPECT_NE(reply.error().detail().find(name), std::string_view::npos);
    }
}

TEST(GeminiReply, ABlockedPromptIsAnEmptyAnswer) {
    const auto reply = read(R"({"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":9},"responseId":"r"})");
    ASSERT_TRUE(reply);
    ASSERT_EQ(reply->choices.size(), 1U);
    EXPECT_TRUE(reply->choices[0].parts.empty());
    EXPECT_EQ(reply->choices[0].finish_reason, FinishReason::ContentFilter);
    EXPECT_EQ(text_of(reply->usage), "9+0 cached 0 written 0 reasoning 0");
}

TEST(GeminiReply, NoCandidatesAndNoReasonIsNoAnswer) {
    for (const std::string body : {"{}", R"({"candidates":[]})", R"({"promptFeedback":{}})", "null", "[]", "7", R"({"candidates":3})"}) {
        const auto reply = read(body);
        ASSERT_FALSE(reply) << body;
        EXPECT_EQ(reply.error().kind(), ErrorKind::UpstreamMalformed) << body;
    }
}

TEST(GeminiReply, SeveralCandidatesAreSeveralChoices) {
    const auto reply = read(R"({"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP","index":0},
        {"content":{"parts":[{"text":"b"}]},"finishReason":"MAX_TOKENS","index":1}]})");
    ASSERT_TRUE(reply);
    ASSERT_EQ(reply->choices.size(), 2U);
    EXPECT_EQ(texts_of(reply->choices[1]), (Texts{"text b"}));
    EXPECT_EQ(reply->choices[1].finish_reason, FinishReason::Length);
}

TEST(GeminiReply, LogProbabilitiesAreToldAsChatTellsThem) {
    const auto reply = read(answer(R"({"text":"Hi!"})", R"("finishReason":"STOP","logprobsResult":{"chosenCandidates":[
        {"token":"Hi","tokenId":1,"logProbability":-0.25},{"token":"!","logProbability":"x"}],
        "topCandidates":[{"candidates":[{"token":"Hi","logProbability":-0.25},{"token":"Ho","logProbability":-1.5}]}]})"));
    ASSERT_TRUE(reply);
    EXPECT_EQ(nlohmann::json::parse(reply->choices[0].logprobs),
              nlohmann::json::parse(R"([{"token":"Hi","logprob":-0.25,"bytes":null,"top_logprobs":[
        {"token":"Hi","logprob":-0.25,"bytes":null},{"token":"Ho","logprob":-1.5,"bytes":null}]},
        {"token":"!","logprob":-9999.0,"bytes":null,"top_logprobs":[]}])"));
}

TEST(GeminiReply, AnErrorInsideA200IsTheProviders) {
    for (const std::string body : {R"({"error":{"code":429,"message":"slow","status":"RESOURCE_EXHAUSTED"}})",
                                   R"([{"error":{"code":429,"message":"slow","status":"RESOURCE_EXHAUSTED"}}])"}) {
        const auto reply = read(body);
        ASSERT_FALSE(reply);
        EXPECT_EQ(reply.error().code(), "rate_limit_exceeded");
    }
}

TEST(GeminiReply, BoundsCandidatesAndCalls) {
    EXPECT_FALSE(read(R"({"candidates":[{"index":128}]})"));
    EXPECT_FALSE(read(R"({"candidates":[{"index":-1}]})"));
    std::string calls = R"({"functionCall":{"name":"f"}})";
    for (int i = 1; i < 128; ++i) {
        calls += R"(,{"functionCall":{"name":"f"}})";
    }
    EXPECT_TRUE(read(answer(calls)));
    EXPECT_FALSE(read(answer(calls + R"(,{"functionCall":{"name":"f"}})")));
}

TEST(GeminiReply, WhateverStandsInAPlaceItIsAValueOrAnError) {
    const std::string sample = answer(R"({"text":"Hm","thought":true,"thoughtSignature":"s"},{"text":"Hi"},
        {"functionCall":{"id":"c","name":"f","args":{"a":1}},"thoughtSignature":"t"},{"inlineData":{"mimeType":"image/png","data":"iVBO"}})",
                                      R"("finishReason":"STOP","logprobsResult":{"chosenCandidates":[{"token":"Hi","logProbability":-1}],
        "topCandidates":[{"candidates":[{"token":"Hi","logProbability":-1}]}]},"safetyRatings":[{"category":"x"}])");
    std::size_t answers = 0;
    for (const std::string& variant : hostile_variants(sample)) {
        const auto reply = read(variant);
        answers += reply ? 1 : 0;
        if (reply) {
            ASSERT_FALSE(reply->choices.empty());
            if (!reply->choices[0].logprobs.empty()) {
                EXPECT_TRUE(nlohmann::json::accept(reply->choices[0].logprobs));
            }
        }
    }
    EXPECT_GT(answers, 50U);
}

}  // namespace
}  // namespace tierway::dialect::gemini
