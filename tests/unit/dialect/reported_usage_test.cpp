#include "tierway/dialect/reported_usage.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tierway::dialect {
namespace {

std::optional<TokenUsage> reported(std::string_view content_type, std::string_view body) {
    ReportedUsage usage(content_type);
    for (const char byte : body) {
        usage.feed(std::string_view(&byte, 1));
    }
    return usage.finish();
}

TEST(ReportedUsage, IsReadFromAWholeAnswer) {
    // The members as OpenAI's reference gives them for images (2026-11).
    const auto usage = reported("application/json", R"({"created":1,"data":[{"b64_json":"AAAA"}],"usage":{"total_tokens":150,)"
                                                    R"("input_tokens":50,"output_tokens":100,"input_tokens_details":{"text_tokens":10,"image_tokens":40}}})");
    ASSERT_TRUE(usage);
    EXPECT_EQ(usage->prompt, 50);
    EXPECT_EQ(usage->completion, 100);
}

TEST(ReportedUsage, IsReadFromTheWordsOfChat) {
    const auto usage = reported("application/json", R"({"usage":{"prompt_tokens":3,"total_tokens":3}})");
    ASSERT_TRUE(usage);
    EXPECT_EQ(usage->prompt, 3);
    EXPECT_EQ(usage->completion, 0);
}

TEST(ReportedUsage, IsThatOfTheLastEventThatHasOne) {
    const auto usage = reported("text/event-stream",
                                "event: transcript.text.delta\ndata: {\"type\":\"transcript.text.delta\",\"delta\":\"a\"}\n\n"
                                "data: {\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}\n\n"
                                "data: {\"usage\":{\"type\":\"tokens\",\"input_tokens\":14,\"output_tokens\":45}}\r\n\r\n"
                                "data: [DONE]\n\n");
    ASSERT_TRUE(usage);
    EXPECT_EQ(usage->prompt, 14);
    EXPECT_EQ(usage->completion, 45);
}

TEST(ReportedUsage, InSecondsIsNone) {
    EXPECT_FALSE(reported("application/json", R"({"text":"a","usage":{"type":"duration","seconds":9}})"));
}

TEST(ReportedUsage, OfOtherBodiesIsNone) {
    EXPECT_FALSE(reported("audio/mpeg", R"({"usage":{"input_tokens":1,"output_tokens":1}})"));
    EXPECT_FALSE(reported("application/json", R"({"usage":)"));
    EXPECT_FALSE(reported("application/json", R"({"usage":{"input_tokens":-1,"output_tokens":1}})"));
    EXPECT_FALSE(reported("application/json", R"({"text":"\"usage\""})"));
    EXPECT_FALSE(reported("text/event-stream", "data: {\"usage\":\n\n"));
}

TEST(ReportedUsage, OfAHugeAnswerIsNotLookedFor) {
    ReportedUsage usage("application/json");
    usage.feed(R"({"usage":{"input_tokens":1,"output_tokens":1},"data":")");
    usage.feed(std::string(ReportedUsage::kBytesMax, 'a'));
    usage.feed("\"}");
    EXPECT_FALSE(usage.finish());
}

}  // namespace
}  // namespace tierway::dialect
