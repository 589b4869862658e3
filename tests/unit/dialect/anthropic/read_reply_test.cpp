#include "dialect/anthropic/talk.hpp"

namespace tierway::dialect::anthropic {
namespace {

const std::string kAnswer = R"({"id":"msg_1","type":"message","role":"assistant","model":"claude-opus-5-5","content":[
  {"type":"thinking","thinking":"Hm.","signature":"EqQB"},{"type":"redacted_thinking","data":"Emwk"},
  {"type":"text","text":"Let me see.","citations":null},{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{}},
  {"type":"tool_use","id":"toolu_1","name":"weather","input":{"city": "Köln",  "n":1.0}}],
  "stop_reason":"tool_use","stop_sequence":null,
  "usage":{"input_tokens":10,"cache_creation_input_tokens":7,"cache_read_input_tokens":100,"cache_creation":{"ephemeral_5m_input_tokens":3,"ephemeral_1h_input_tokens":4},
  "output_tokens":20,"output_tokens_details":{"thinking_tokens":5},"service_tier":"standard"}})";

Result<Reply> reply_of(const std::string& body) {
    const Document document(body);
    return read_reply(document.root(), "acme");
}

TEST(AnthropicReply, ReadsEveryKindOfBlock) {
    const Result<Reply> reply = reply_of(kAnswer);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->id, "msg_1");
    EXPECT_EQ(reply->model, "claude-opus-5-5");
    EXPECT_EQ(reply->service_tier, "default");
    EXPECT_EQ(reply->usage, (TokenUsage{.prompt = 117, .completion = 20, .cached = 100, .cache_write = 7, .reasoning = 5, .cache_write_1h = 4}));
    ASSERT_EQ(reply->choices.size(), 1U);
    const ReplyChoice& choice = reply->choices[0];
    EXPECT_EQ(choice.finish_reason, FinishReason::ToolCalls);
    ASSERT_EQ(choice.parts.size(), 4U) << "the vendor's own tools mean nothing here";
    const auto& thought = std::get<ReasoningPart>(choice.parts[0].value);
    EXPECT_EQ(thought.text, "Hm.");
    EXPECT_EQ(thought.seal, "EqQB");
    EXPECT_EQ(thought.origin, Origin::Anthropic);
    const auto& hidden = std::get<ReasoningPart>(choice.parts[1].value);
    EXPECT_TRUE(hidden.hidden);
    EXPECT_EQ(hidden.seal, "Emwk");
    EXPECT_EQ(std::get<TextPart>(choice.parts[2].value).text, "Let me see.");
    const auto& call = std::get<ToolCallPart>(choice.parts[3].value);
    EXPECT_EQ(call.id, "toolu_1");
    EXPECT_EQ(call.arguments, R"({"city": "Köln",  "n":1.0})") << "byte for byte";
}

TEST(AnthropicReply, KnowsWhyAnAnswerEnded) {
    const std::vector<std::pair<std::string, FinishReason>> cases = {
        {"end_turn", FinishReason::Stop},         {"stop_sequence", FinishReason::Stop},
        {"pause_turn", FinishReason::Stop},       {"max_tokens", FinishReason::Length},
        {"tool_use", FinishReason::ToolCalls},    {"model_context_window_exceeded", FinishReason::Length},
        {"refusal", FinishReason::ContentFilter}, {"something_new", FinishReason::Other}};
    for (const auto& [name, reason] : cases) {
        SCOPED_TRACE(name);
        const Result<Reply> reply = reply_of(R"({"content":[],"stop_sequence":"END","stop_reason":")" + name + R"("})");
        ASSERT_TRUE(reply);
        EXPECT_EQ(reply->choices[0].finish_reason, reason);
        EXPECT_EQ(reply->choices[0].stop_sequence, "END");
        EXPECT_EQ(reply->usage, std::nullopt);
    }
    EXPECT_EQ(reply_of(R"({"content":[],"stop_reason":null})")->choices[0].finish_reason, FinishReason::None);
    EXPECT_EQ(reply_of(R"({"content":[],"usage":{"speed":"fast"}})")->service_tier, "priority");
}

TEST(AnthropicReply, IsNoneWithoutContent) {
    for (const std::string body : {"null", "[]", "7", "{}", R"({"content":"text"})", R"({"content":{}})"}) {
        SCOPED_TRACE(body);
        const Result<Reply> reply = reply_of(body);
        ASSERT_FALSE(reply);
        EXPECT_EQ(reply.error().kind(), ErrorKind::UpstreamMalformed);
    }
    std::string calls = R"({"content":[)";
    for (int i = 0; i < 129; ++i) {
        calls += i == 0 ? "" : ",";
        calls += R"({"type":"tool_use","id":"a","name":"b","input":{}})";
    }
    EXPECT_FALSE(reply_of(calls + "]}"));
}

TEST(AnthropicReply, IsTheProvidersErrorWhenItIsOne) {
    const Result<Reply> reply = reply_of(R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})");
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().kind(), ErrorKind::UpstreamUnavailable);
    EXPECT_EQ(reply.error().status(), 503U);
}

Json written_reply(const Reply& reply) {
    return Json::parse(write_reply(reply, "small/model"));
}

TEST(AnthropicReply, IsWrittenAsTheVendorWritesIt) {
    Reply reply;
    reply.id = "chatcmpl-1";
    reply.service_tier = "default";
    reply.usage = TokenUsage{.prompt = 117, .completion = 20, .cached = 100, .cache_write = 7, .reasoning = 5, .cache_write_1h = 4};
    reply.choices.push_back({{reasoning_part("Hm.", "EqQB", Origin::Anthropic), reasoning_part("", "gAAA", Origin::OpenAi, true),
                              reasoning_part("Ja.", "abc", Origin::Gemini), text_part(""), text_part("Hi."),
                              call_part("call_1", "weather", R"({"city":"Köln"})")},
                             FinishReason::ToolCalls,
                             "",
                             ""});
    EXPECT_EQ(written_reply(reply), Json::parse(R"({"id":"msg_chatcmpl-1","type":"message","role":"assistant","model":"small/model","content":[
        {"type":"thinking","thinking":"Hm.","signature":"EqQB"},{"type":"redacted_thinking","data":"openai!:gAAA"},
        {"type":"thinking","thinking":"Ja.","signature":"gemini:abc"},{"type":"text","text":"Hi."},
        {"type":"tool_use","id":"call_1","name":"weather","input":{"city":"Köln"}}],
        "stop_reason":"tool_use","stop_sequence":null,
        "usage":{"input_tokens":10,"cache_creation_input_tokens":7,"cache_read_input_tokens":100,"cache_creation":{"ephemeral_5m_input_tokens":3,"ephemeral_1h_input_tokens":4},
        "output_tokens":20,"output_tokens_details":{"thinking_tokens":5},"service_tier":"standard"}})"));
}

TEST(AnthropicReply, HasAStopReasonThatAgreesWithItsContent) {
    const auto reason = [](std::vector<Part> parts, FinishReason finish, std::string sequence = "") {
        Reply reply;
        reply.choices.push_back({std::move(parts), finish, std::move(sequence), ""});
        const Json body = written_reply(reply);
        return body["stop_reason"].get<std::string>() + " " + body["stop_sequence"].dump();
    };
    EXPECT_EQ(reason({text_part("x")}, FinishReason::Stop), "end_turn null");
    EXPECT_EQ(reason({text_part("x")}, FinishReason::Stop, "END"), R"(stop_sequence "END")");
    EXPECT_EQ(reason({text_part("x")}, FinishReason::Length, "END"), "max_tokens null");
    EXPECT_EQ(reason({text_part("x")}, FinishReason::ContentFilter), "refusal null");
    EXPECT_EQ(reason({{RefusalPart{"No."}, {}}}, FinishReason::Stop), "refusal null");
    EXPECT_EQ(reason({text_part("x")}, FinishReason::Other), "end_turn null");
    EXPECT_EQ(reason({text_part("x")}, FinishReason::ToolCalls), "end_turn null") << "there is nothing to run";
    EXPECT_EQ(reason({call_part("a", "b", "{}")}, FinishReason::Stop), "tool_use null") << "some providers say stop";
    EXPECT_EQ(written_reply(Reply{})["content"], Json::array());
}

TEST(AnthropicReply, ComesBackAsItWasWritten) {
    const Result<Reply> reply = reply_of(kAnswer);
    ASSERT_TRUE(reply);
    const Json again = written_reply(*reply);
    Json expected = Json::parse(kAnswer);
    expected["model"] = "small/model";
    expected["content"].erase(3);
    expected["content"][2].erase("citations");
    EXPECT_EQ(again, expected);
}

}  // namespace
}  // namespace tierway::dialect::anthropic
