#include "tierway/dialect/provider_codec.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "document.hpp"
#include "tierway/dialect/chat_stream.hpp"

namespace tierway::dialect {
namespace {

using Json = nlohmann::ordered_json;

TEST(ProviderCodec, LetsAnotherProviderExpressWhatOneCannot) {
    Conversation conversation;
    conversation.turns.push_back({Role::User, {{TextPart{"hi"}, {}}}});
    conversation.choices = 2;
    Omissions omissions;
    const auto body = write_provider_request(Dialect::Anthropic, conversation, ModelRules{}, omissions);
    ASSERT_FALSE(body);
    EXPECT_EQ(body.error().source(), ErrorSource::Upstream);
    EXPECT_EQ(body.error().kind(), ErrorKind::InvalidRequest);
    EXPECT_EQ(body.error().param(), "n");
}

TEST(ProviderCodec, TellsAnAnswerInTheWordsOfChat) {
    const Document answer(R"({"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[{"type":"text","text":"Hi"}],
        "stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":2}})");
    const auto chat = chat_answer_of(Dialect::Anthropic, answer.root(), "p", {"default", 7});
    ASSERT_TRUE(chat);
    const Json body = Json::parse(*chat);
    EXPECT_EQ(body["choices"][0]["message"]["content"], "Hi");
    EXPECT_EQ(body["choices"][0]["finish_reason"], "stop");
    EXPECT_EQ(body["usage"]["total_tokens"], 5);
    EXPECT_EQ(body["id"], "msg_1");
    EXPECT_EQ(body["created"], 7) << "the provider does not tell it";
}

TEST(ProviderCodec, TellsAStreamInTheWordsOfChat) {
    ProviderStream stream(Dialect::Anthropic, {});
    ChatStreamReader reader(true);
    wire::JsonParser parser;
    for (const auto& [name, data] : std::initializer_list<std::pair<const char*, const char*>>{
             {"message_start", R"({"type":"message_start","message":{"id":"msg_1","model":"claude","usage":{"input_tokens":3,"output_tokens":1}}})"},
             {"content_block_start", R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})"},
             {"content_block_delta", R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}})"},
             {"ping", R"({"type":"ping"})"},
             {"content_block_stop", R"({"type":"content_block_stop","index":0})"},
             {"message_delta", R"({"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}})"},
             {"message_stop", R"({"type":"message_stop"})"}}) {
        EXPECT_FALSE(stream.done());
        const Document event(data);
        std::vector<std::string> chunks;
        ASSERT_TRUE(stream.take(name, event.root(), "p", chunks));
        for (const std::string& chunk : chunks) {
            ASSERT_TRUE(reader.read(chunk, *parser.parse(chunk), "p")) << chunk;
        }
    }
    EXPECT_TRUE(stream.done());
    EXPECT_TRUE(reader.complete());
    EXPECT_EQ(reader.answer().choices.at(0).content, "Hi");
    EXPECT_EQ(reader.answer().usage, (TokenUsage{3, 2, 0, 0, 0, 0}));
}

TEST(ProviderCodec, GivesAnAnswerTheNameThatItsProviderDoesNot) {
    const Document answer(R"({"output":{"message":{"role":"assistant","content":[{"text":"Hi"}]}},"stopReason":"end_turn",
        "usage":{"inputTokens":3,"outputTokens":2,"totalTokens":5}})");
    const auto chat = chat_answer_of(Dialect::Converse, answer.root(), "p", {"chatcmpl-1", 7});
    ASSERT_TRUE(chat);
    EXPECT_EQ(Json::parse(*chat)["id"], "chatcmpl-1");
    ProviderStream stream(Dialect::Converse, {"chatcmpl-1", 7});
    const Document event(R"({"role":"assistant"})");
    std::vector<std::string> chunks;
    ASSERT_TRUE(stream.take("messageStart", event.root(), "p", chunks));
    ASSERT_EQ(chunks.size(), 1U);
    EXPECT_EQ(Json::parse(chunks[0])["id"], "chatcmpl-1");
}

TEST(ProviderCodec, PassesTheProvidersErrorOn) {
    ProviderStream stream(Dialect::Anthropic, {});
    const Document event(R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})");
    std::vector<std::string> chunks;
    const auto taken = stream.take("error", event.root(), "p", chunks);
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().kind(), ErrorKind::UpstreamUnavailable);
}

}  // namespace
}  // namespace tierway::dialect
