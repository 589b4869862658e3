#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <variant>

#include "tierway/dialect/chat.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect::chat {
namespace {

using Json = nlohmann::ordered_json;

Conversation conversation_of(const std::string& body) {
    wire::JsonParser parser;
    const auto root = parser.parse(body);
    EXPECT_TRUE(root) << (root ? "" : root.error().message());
    const auto request = read_chat_request(*root);
    EXPECT_TRUE(request) << (request ? "" : request.error().message());
    auto conversation = read_conversation(*request);
    EXPECT_TRUE(conversation) << (conversation ? "" : conversation.error().message());
    return conversation ? *conversation : Conversation{};
}

Json written(const Conversation& conversation) {
    Omissions omissions;
    return Json::parse(write_request(conversation, omissions));
}

const std::string kToolTalk = R"({"model":"auto","messages":[
  {"role":"developer","content":"Be brief."},
  {"role":"user","content":[{"type":"text","text":"Weather?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBO","detail":"low"}},
    {"type":"image_url","image_url":{"url":"https://example.com/a.png"}},{"type":"input_audio","input_audio":{"data":"UklG","format":"wav"}},
    {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBE"}}]},
  {"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\"city\": \"Köln\",  \"n\":1.0}"}},
    {"id":"call_2","type":"custom","custom":{"name":"note","input":"free text"}}]},
  {"role":"tool","tool_call_id":"call_1","content":"rain"},
  {"role":"tool","tool_call_id":"call_2","content":[{"type":"text","text":"ok"}]},
  {"role":"user","content":"And tomorrow?"}],
  "tools":[{"type":"function","function":{"name":"weather","description":"d","parameters":{"type":"object","properties":{"city":{"type":"string"}}},"strict":true}},
    {"type":"custom","custom":{"name":"note","format":{"type":"text"}}}],
  "tool_choice":{"type":"function","function":{"name":"weather"}},"parallel_tool_calls":false})";

TEST(ChatConversation, KeepsACallsIdAndItsArgumentsByteForByte) {
    const Conversation conversation = conversation_of(kToolTalk);
    ASSERT_EQ(conversation.turns.size(), 5U);
    const auto& call = std::get<ToolCallPart>(conversation.turns[2].parts.at(0).value);
    EXPECT_EQ(call.id, "call_1");
    EXPECT_EQ(call.arguments, "{\"city\": \"Köln\",  \"n\":1.0}");
    EXPECT_EQ(written(conversation)["messages"][2]["tool_calls"][0]["function"]["arguments"], call.arguments);
}

TEST(ChatConversation, TakesResultsOfToolsThatFollowEachOtherAsOneTurnAndNamesTheirTools) {
    const Conversation conversation = conversation_of(kToolTalk);
    ASSERT_EQ(conversation.turns[3].role, Role::Tool);
    ASSERT_EQ(conversation.turns[3].parts.size(), 2U);
    EXPECT_EQ(std::get<ToolResultPart>(conversation.turns[3].parts[0].value).name, "weather");
    EXPECT_EQ(std::get<ToolResultPart>(conversation.turns[3].parts[1].value).name, "note");
}

TEST(ChatConversation, IsWrittenAsItWasRead) {
    const Json before = Json::parse(kToolTalk);
    const Json after = written(conversation_of(kToolTalk));
    EXPECT_EQ(after["messages"][1], before["messages"][1]);
    EXPECT_EQ(after["messages"][2], before["messages"][2]);
    EXPECT_EQ(after["messages"][3], before["messages"][3]);
    EXPECT_EQ(after["messages"][4]["content"], "ok");
    EXPECT_EQ(after["tools"], before["tools"]);
    EXPECT_EQ(after["tool_choice"], before["tool_choice"]);
    EXPECT_EQ(after["parallel_tool_calls"], false);
}

TEST(ChatConversation, KeepsEverySettingThatHasAPlace) {
    const std::string body = R"({"model":"m","messages":[{"role":"user","content":"x"}],"max_tokens":7,"n":2,"stop":["a","b"],"temperature":0.25,
        "top_p":0.5,"presence_penalty":-1,"frequency_penalty":1.5,"seed":9007199254740993,"logprobs":true,"top_logprobs":3,"logit_bias":{"5":-100},
        "reasoning_effort":"low","verbosity":"high","service_tier":"flex","user":"u","prompt_cache_key":"k","stream":true,
        "stream_options":{"include_usage":true},"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"},"strict":true}}})";
    Json before = Json::parse(body);
    before["max_completion_tokens"] = before["max_tokens"];
    before.erase("max_tokens");
    const Json after = written(conversation_of(body));
    EXPECT_EQ(nlohmann::json(after), nlohmann::json(before));
}

TEST(ChatConversation, OffersOnlyTheToolsThatAChoiceAllows) {
    const std::string body = R"({"model":"m","messages":[{"role":"user","content":"x"}],
        "tools":[{"type":"function","function":{"name":"a"}},{"type":"function","function":{"name":"b"}}],
        "tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"b"}}]}}})";
    const Conversation conversation = conversation_of(body);
    ASSERT_EQ(conversation.tools.size(), 1U);
    EXPECT_EQ(conversation.tools[0].name, "b");
    EXPECT_EQ(conversation.tool_choice.mode, ToolChoice::Mode::Required);
}

TEST(ChatConversation, ReadsTheOldestFormOfFunctionCalls) {
    const Conversation conversation = conversation_of(R"({"model":"m","functions":[{"name":"f","parameters":{"type":"object"}}],"messages":[
        {"role":"user","content":"x"},{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},
        {"role":"function","name":"f","content":"7"}]})");
    EXPECT_EQ(std::get<ToolResultPart>(conversation.turns[2].parts[0].value).call_id,
              std::get<ToolCallPart>(conversation.turns[1].parts[0].value).id);
    EXPECT_EQ(conversation.tools.size(), 1U);
}

TEST(ChatConversation, ReadsWhatAModelMustBeGivenBack) {
    const Conversation conversation = conversation_of(R"({"model":"m","messages":[{"role":"user","content":"x"},
        {"role":"assistant","content":"y","reasoning_content":"hm","reasoning_details":[
          {"type":"reasoning.text","text":"hm","signature":"S","format":"anthropic"},
          {"type":"reasoning.encrypted","data":"D","format":"openai","id":"rs_1"}]}]})");
    const auto& parts = conversation.turns[1].parts;
    ASSERT_EQ(parts.size(), 3U);
    const auto& thought = std::get<ReasoningPart>(parts[0].value);
    EXPECT_EQ(thought.seal, "S");
    EXPECT_EQ(thought.origin, Origin::Anthropic);
    const auto& hidden = std::get<ReasoningPart>(parts[1].value);
    EXPECT_EQ(hidden.seal, "D");
    EXPECT_EQ(hidden.id, "rs_1");
    EXPECT_TRUE(hidden.hidden);
}

TEST(ChatConversation, GivesDeepSeekItsReasoningBackAndNobodyElse) {
    Conversation conversation = conversation_of(R"({"model":"m","messages":[{"role":"user","content":"x"},
        {"role":"assistant","content":"y","reasoning_content":"hm"}]})");
    EXPECT_EQ(written(conversation)["messages"][1]["reasoning_content"], "hm");
    std::get<ReasoningPart>(conversation.turns[1].parts[0].value).origin = Origin::Anthropic;
    EXPECT_FALSE(written(conversation)["messages"][1].contains("reasoning_content"));
}

TEST(ChatConversation, MovesWhatATextOfAToolCannotHoldToTheUser) {
    Conversation conversation;
    ToolResultPart result;
    result.call_id = "c";
    result.is_error = true;
    result.content.push_back({TextPart{"broken"}, {}});
    MediaPart image;
    image.media_type = "image/png";
    image.data = "AA==";
    result.content.push_back({image, {}});
    conversation.turns.push_back({Role::Tool, {{result, {}}}});
    const Json messages = written(conversation)["messages"];
    EXPECT_EQ(messages[0]["content"], "Error: broken");
    EXPECT_EQ(messages[1]["role"], "user");
    EXPECT_EQ(messages[1]["content"][0]["image_url"]["url"], "data:image/png;base64,AA==");
}

TEST(ChatConversation, SaysWhatItLeavesOut) {
    Conversation conversation;
    conversation.top_k = 5;
    conversation.metadata = "{}";
    conversation.stop = {"a", "b", "c", "d", "e"};
    Omissions omissions;
    const Json body = Json::parse(write_request(conversation, omissions));
    EXPECT_EQ(omissions, (Omissions{"stop", "top_k", "metadata"}));
    EXPECT_EQ(body["stop"].size(), 4U);
}

TEST(ChatConversation, RefusesAPartOfNoKnownType) {
    wire::JsonParser parser;
    const std::string body = R"({"model":"m","messages":[{"role":"user","content":[{"type":"hologram"}]}]})";
    const auto request = read_chat_request(*parser.parse(body));
    const auto read = read_conversation(*request);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().param(), "messages[0].content[0].type");
}

TEST(ChatConversation, LeavesSoundThatAModelMustSpeakToItsOwnDialect) {
    EXPECT_EQ(conversation_of(R"({"model":"m","messages":[{"role":"user","content":"x"}],"modalities":["text","audio"]})").only_native,
              "modalities");
    EXPECT_EQ(conversation_of(R"({"model":"m","messages":[{"role":"user","content":"x"}],"modalities":["text"]})").only_native, "");
}

}  // namespace
}  // namespace tierway::dialect::chat
