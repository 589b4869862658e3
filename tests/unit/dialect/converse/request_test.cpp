#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "dialect/chat_conversation.hpp"
#include "tierway/dialect/converse.hpp"

namespace tierway::dialect::converse {
namespace {

using Json = nlohmann::ordered_json;

ModelRules claude() {
    ModelRules rules;
    rules.model = "us.anthropic.claude-sonnet-5-v1:0";
    return rules;
}

/// Before 4.6: with budgets.
ModelRules older_claude() {
    ModelRules rules = claude();
    rules.adaptive_thinking = false;
    rules.output_tokens_default = 32'000;
    return rules;
}

ModelRules named(std::string model) {
    ModelRules rules;
    rules.model = std::move(model);
    return rules;
}

struct Written {
    Json body;
    Omissions omissions;
};

Written write(const Conversation& conversation, const ModelRules& rules = claude()) {
    Written written;
    const auto body = write_request(conversation, rules, written.omissions);
    EXPECT_TRUE(body) << (body ? "" : body.error().message());
    written.body = body ? Json::parse(*body) : Json();
    return written;
}

bool omits(const Written& written, std::string_view parameter) {
    return std::count(written.omissions.begin(), written.omissions.end(), parameter) == 1;
}

Error refusal_of(const Conversation& conversation) {
    Omissions omissions;
    const auto body = write_request(conversation, claude(), omissions);
    EXPECT_FALSE(body);
    return body ? Error() : body.error();
}

TEST(ConverseRequest, PathEncodesTheModelsName) {
    EXPECT_EQ(path("x-v1:0", false), "/model/x-v1%3A0/converse");
    EXPECT_EQ(path("arn:aws:bedrock:eu-west-1:1:inference-profile/eu.x", true),
              "/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A1%3Ainference-profile%2Feu.x/converse-stream");
}

TEST(ConverseRequest, ASmallRequestHasNothingThatWasNotAskedFor) {
    EXPECT_EQ(write(small_conversation()).body, Json::parse(R"({"messages":[{"role":"user","content":[{"text":"Hi"}]}]})"));
}

const std::string kInstructed = R"({"model":"m","messages":[{"role":"system","content":"A"},{"role":"user","content":"Hi"},
    {"role":"assistant","content":"Ho"},{"role":"system","content":"B"},{"role":"user","content":"C"}]})";

TEST(ConverseRequest, LaterInstructionsAreTheUsersUnlessTheModelTakesThem) {
    const Json body = write(conversation_of(kInstructed)).body;
    EXPECT_EQ(body["system"], Json::parse(R"([{"text":"A"}])"));
    EXPECT_EQ(body["messages"][2], Json::parse(R"({"role":"user","content":[{"text":"B"},{"text":"C"}]})"));
    ModelRules rules = claude();
    rules.system_mid_conversation = true;
    const Json newer = write(conversation_of(kInstructed), rules).body;
    EXPECT_EQ(newer["messages"][2], Json::parse(R"({"role":"system","content":[{"text":"B"}]})"));
}

TEST(ConverseRequest, BlankTextsAreLeftOutAndRolesAlternate) {
    const Json body = write(conversation_of(R"({"model":"m","messages":[{"role":"user","content":"a"},{"role":"user","content":" \n"},
        {"role":"assistant","content":""},{"role":"user","content":"b"}]})"))
                          .body;
    EXPECT_EQ(body["messages"], Json::parse(R"([{"role":"user","content":[{"text":"a"},{"text":"b"}]}])"));
}

const std::string kToolTalk = R"({"model":"m","messages":[{"role":"user","content":"Weather?"},
  {"role":"assistant","content":"Let me see.","tool_calls":[
    {"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\"city\": \"K\u00f6ln\",  \"n\":1.0}"}},
    {"id":"call 2!","type":"function","function":{"name":"time","arguments":""}}]},
  {"role":"tool","tool_call_id":"call_1","content":"{\"rain\":  true}"},
  {"role":"tool","tool_call_id":"call 2!","content":""},
  {"role":"user","content":"And?"}],
  "tools":[{"type":"function","function":{"name":"weather","description":"d","parameters":{"type":"object", "x-kept":1e2},"strict":true}},
    {"type":"function","function":{"name":"time","strict":false}}]})";

TEST(ConverseRequest, CallsAndResultsAreBlocksAndResultsComeFirst) {
    Conversation conversation = conversation_of(kToolTalk);
    std::swap(conversation.turns[2], conversation.turns[3]);
    const Json body = write(conversation).body;
    ASSERT_EQ(body["messages"].size(), 3U);
    const std::string made = body["messages"][1]["content"][2]["toolUse"]["toolUseId"];
    EXPECT_EQ(body["messages"][1]["content"], Json::parse(R"([{"text":"Let me see."},
        {"toolUse":{"toolUseId":"call_1","name":"weather","input":{"city":"Köln","n":1.0}}},
        {"toolUse":{"toolUseId":")" + made + R"(","name":"time","input":{}}}])"));
    EXPECT_EQ(body["messages"][2]["content"], Json::parse(R"([{"toolResult":{"toolUseId":"call_1","content":[{"text":"{\"rain\":  true}"}]}},
        {"toolResult":{"toolUseId":")" + made + R"(","content":[]}},{"text":"And?"}])"));
    EXPECT_TRUE(made.starts_with("tooluse_")) << "the API takes no blanks in an id";
    EXPECT_LE(made.size(), 64U);
}

TEST(ConverseRequest, ArgumentsAndSchemasKeepTheirBytes) {
    Omissions omissions;
    const std::string body = *write_request(conversation_of(kToolTalk), claude(), omissions);
    EXPECT_NE(body.find("\"input\":{\"city\": \"K\xC3\xB6ln\",  \"n\":1.0}"), std::string::npos);
    EXPECT_NE(body.find(R"("inputSchema":{"json":{"type":"object", "x-kept":1e2}})"), std::string::npos);
}

TEST(ConverseRequest, AnErrorOfAToolIsToldAsOne) {
    Conversation conversation = conversation_of(kToolTalk);
    std::get<ToolResultPart>(conversation.turns[2].parts[0].value).is_error = true;
    EXPECT_EQ(write(conversation).body["messages"][2]["content"][0]["toolResult"]["status"], "error");
}

TEST(ConverseRequest, ToolsAreSpecifiedAndChosen) {
    const Json config = write(conversation_of(kToolTalk)).body["toolConfig"];
    EXPECT_EQ(config, Json::parse(R"({"tools":[{"toolSpec":{"name":"weather","description":"d","inputSchema":{"json":
        {"type":"object","x-kept":100.0}},"strict":true}},{"toolSpec":{"name":"time","inputSchema":{"json":{"type":"object","properties":{}}}}}]})"));
    const auto choice = [](ToolChoice::Mode mode) {
        Conversation conversation = conversation_of(kToolTalk);
        conversation.tool_choice = {mode, "time"};
        return write(conversation).body["toolConfig"]["toolChoice"];
    };
    EXPECT_EQ(choice(ToolChoice::Mode::Auto), Json::parse(R"({"auto":{}})"));
    EXPECT_EQ(choice(ToolChoice::Mode::Required), Json::parse(R"({"any":{}})"));
    EXPECT_EQ(choice(ToolChoice::Mode::Named), Json::parse(R"({"tool":{"name":"time"}})"));
}

TEST(ConverseRequest, ToolsThatNobodyMayCallAreLeftOutUnlessTheHistoryHoldsCalls) {
    const std::string none = R"("tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"none")";
    const Written without_history = write(small_conversation(none));
    EXPECT_FALSE(without_history.body.contains("toolConfig"));
    EXPECT_TRUE(without_history.omissions.empty()) << "it is what was asked for";
    Conversation conversation = conversation_of(kToolTalk);
    conversation.tool_choice.mode = ToolChoice::Mode::None;
    const Written with_history = write(conversation);
    EXPECT_EQ(with_history.body["toolConfig"]["tools"].size(), 2U);
    EXPECT_FALSE(with_history.body["toolConfig"].contains("toolChoice"));
    EXPECT_TRUE(omits(with_history, "tool_choice"));
}

TEST(ConverseRequest, AHistoryWithCallsButNoToolsGetsTheirNames) {
    Conversation conversation = conversation_of(kToolTalk);
    conversation.tools.clear();
    const Json tools = write(conversation).body["toolConfig"]["tools"];
    ASSERT_EQ(tools.size(), 2U);
    EXPECT_EQ(tools[0]["toolSpec"]["name"], "time");
    EXPECT_EQ(tools[1]["toolSpec"]["name"], "weather");
}

TEST(ConverseRequest, MediaAreGivenByBytes) {
    const Json body = write(conversation_of(R"({"model":"m","messages":[{"role":"user","content":[
        {"type":"image_url","image_url":{"url":"data:image/jpg;base64,/9j/"}},
        {"type":"input_audio","input_audio":{"data":"UklG","format":"wav"}},
        {"type":"file","file":{"filename":"A  report_(v2).final.pdf","file_data":"data:application/pdf;base64,JVBE"}},
        {"type":"file","file":{"filename":"A report (v2) final.pdf","file_data":"data:application/pdf;base64,JVBE"}},
        {"type":"file","file":{"filename":"\u00fc.txt","file_data":"data:text/plain; charset=utf-8;base64,YQ=="}}]}]})"))
                          .body;
    EXPECT_EQ(body["messages"][0]["content"], Json::parse(R"([{"image":{"format":"jpeg","source":{"bytes":"/9j/"}}},
        {"audio":{"format":"wav","source":{"bytes":"UklG"}}},
        {"document":{"format":"pdf","name":"A report (v2) final","source":{"bytes":"JVBE"}}},
        {"document":{"format":"pdf","name":"A report (v2) final 2","source":{"bytes":"JVBE"}}},
        {"document":{"format":"txt","name":"document","source":{"bytes":"YQ=="}}}])"));
}

TEST(ConverseRequest, MediaByAddressOrOfUnknownKindAreRefused) {
    for (const std::string part : {R"({"type":"image_url","image_url":{"url":"https://example.com/a.png"}})",
                                   R"({"type":"image_url","image_url":{"url":"data:image/tiff;base64,AAAA"}})",
                                   R"({"type":"input_audio","input_audio":{"data":"UklG","format":"midi"}})",
                                   R"({"type":"file","file":{"file_id":"file-1"}})",
                                   R"({"type":"file","file":{"filename":"a.exe","file_data":"data:application/x-dosexec;base64,TVo="}})"}) {
        const Error error = refusal_of(conversation_of(R"({"model":"m","messages":[{"role":"user","content":[)" + part + "]}]}"));
        EXPECT_EQ(error.code(), "unsupported_parameter") << part;
        EXPECT_EQ(error.param(), "messages") << part;
    }
}

Conversation thoughtful() {
    Conversation conversation = small_conversation();
    const auto add = [&conversation](Origin origin, std::string text, std::string seal, bool hidden) {
        ReasoningPart part;
        part.origin = origin;
        part.text = std::move(text);
        part.seal = std::move(seal);
        part.hidden = hidden;
        conversation.turns.back().parts.push_back({part, {}});
    };
    conversation.turns.push_back({Role::Assistant, {}});
    add(Origin::Anthropic, "hm", "s1", false);
    add(Origin::Anthropic, "", "s2", true);
    add(Origin::Anthropic, "unsealed", "", false);
    add(Origin::Gemini, "g", "s3", false);
    conversation.turns.back().parts.push_back({TextPart{"Yes."}, {}});
    add(Origin::Anthropic, "", "s4", true);
    conversation.turns.push_back({Role::Assistant, {}});
    add(Origin::Anthropic, "only thought", "s5", false);
    conversation.turns.push_back({Role::User, {{TextPart{"Go on."}, {}}}});
    return conversation;
}

TEST(ConverseRequest, SealedThoughtOfClaudeGoesBackToClaudeButNeverEndsAMessage) {
    const Written written = write(thoughtful());
    ASSERT_EQ(written.body["messages"].size(), 3U);
    EXPECT_EQ(written.body["messages"][1]["content"], Json::parse(R"([{"reasoningContent":{"reasoningText":{"text":"hm","signature":"s1"}}},
        {"reasoningContent":{"redactedContent":"s2"}},{"text":"Yes."}])"));
    EXPECT_TRUE(written.omissions.empty());
    for (const ModelRules& rules : {older_claude(), named("amazon.nova-pro-v1:0")}) {
        EXPECT_EQ(write(thoughtful(), rules).body["messages"][1]["content"], Json::parse(R"([{"text":"Yes."}])"))
            << "it is not to think, or cannot read it";
    }
}

TEST(ConverseRequest, AMessageOfThoughtAloneVanishesAndItsNeighboursAreOne) {
    Conversation conversation = thoughtful();
    conversation.turns.erase(conversation.turns.begin() + 1);
    for (const ModelRules& rules : {claude(), older_claude()}) {
        EXPECT_EQ(write(conversation, rules).body["messages"], Json::parse(R"([{"role":"user","content":[{"text":"Hi"},{"text":"Go on."}]}])"));
    }
}

TEST(ConverseRequest, MarksForCachingAreBlocksWhereTheFamilyHasThem) {
    Conversation conversation = conversation_of(kInstructed);
    conversation.turns[0].parts[0].cache_control = R"({"type":"ephemeral","ttl":"1h"})";
    conversation.turns[1].parts[0].cache_control = R"({"type":"ephemeral"})";
    conversation.tools = conversation_of(kToolTalk).tools;
    conversation.tools[0].cache_control = R"({"type":"ephemeral"})";
    const Json body = write(conversation).body;
    EXPECT_EQ(body["system"], Json::parse(R"([{"text":"A"},{"cachePoint":{"type":"default","ttl":"1h"}}])"));
    EXPECT_EQ(body["messages"][0]["content"], Json::parse(R"([{"text":"Hi"},{"cachePoint":{"type":"default"}}])"));
    EXPECT_EQ(body["toolConfig"]["tools"][1], Json::parse(R"({"cachePoint":{"type":"default"}})"));
    const Written other = write(conversation, named("mistral.mistral-large-2402-v1:0"));
    EXPECT_EQ(other.body["system"], Json::parse(R"([{"text":"A"}])"));
    EXPECT_TRUE(omits(other, "cache_control"));
}

TEST(ConverseRequest, SettingsHaveTheirPlaces) {
    Conversation conversation = small_conversation(R"("temperature":1.5,"top_p":0.5,"max_tokens":7,"stop":["a","b"],"service_tier":"flex")");
    conversation.top_k = 40;
    const Json body = write(conversation).body;
    EXPECT_EQ(body["inferenceConfig"], Json::parse(R"({"maxTokens":7,"temperature":1.0,"topP":0.5,"stopSequences":["a","b"]})"));
    EXPECT_EQ(body["additionalModelRequestFields"], Json::parse(R"({"top_k":40})"));
    EXPECT_EQ(body["serviceTier"], Json::parse(R"({"type":"flex"})"));
    EXPECT_TRUE(omits(write(conversation, named("amazon.nova-pro-v1:0")), "top_k"));
}

TEST(ConverseRequest, WhatTheModelOrTheApiDoesNotTakeIsLeftOutAndTold) {
    ModelRules rules = claude();
    rules.sampling = false;
    Conversation conversation = small_conversation(R"("temperature":0.5,"top_p":0.5,"presence_penalty":1,"frequency_penalty":1,
        "seed":1,"logprobs":true,"logit_bias":{"5":-100},"verbosity":"low","user":"u","prompt_cache_key":"k","store":true,
        "service_tier":"scale","metadata":{"a":"b"},"parallel_tool_calls":false,"tools":[{"type":"function","function":{"name":"f"}}])");
    conversation.top_k = 1;
    const Written written = write(conversation, rules);
    EXPECT_FALSE(written.body.contains("inferenceConfig"));
    for (const std::string_view parameter :
         {"temperature", "top_p", "top_k", "presence_penalty", "frequency_penalty", "seed", "logprobs", "logit_bias", "verbosity", "user",
          "prompt_cache_key", "metadata", "store", "service_tier", "parallel_tool_calls"}) {
        EXPECT_TRUE(omits(written, parameter)) << parameter;
    }
    EXPECT_EQ(written.omissions.size(), 15U);
}

TEST(ConverseRequest, ASchemaIsATextAndAnObjectAnInstruction) {
    const std::string schema = R"({"type":"object", "required":["a"]})";
    const Json body = write(small_conversation(R"("response_format":{"type":"json_schema","json_schema":{"name":"n","description":"d","schema":)" +
                                               schema + "}}"))
                          .body;
    EXPECT_EQ(body["outputConfig"]["textFormat"]["type"], "json_schema");
    EXPECT_EQ(body["outputConfig"]["textFormat"]["structure"]["jsonSchema"], (Json{{"schema", schema}, {"name", "n"}, {"description", "d"}}));
    const Json object = write(small_conversation(R"("response_format":{"type":"json_object"})")).body;
    EXPECT_FALSE(object.contains("outputConfig"));
    EXPECT_EQ(object["system"].size(), 1U);
    EXPECT_NE(object["system"][0]["text"].get<std::string>().find("JSON object"), std::string::npos);
}

TEST(ConverseRequest, EffortGuidesClaudesThinking) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"minimal", "low"}, {"low", "low"}, {"medium", "medium"}, {"high", "high"}, {"xhigh", "xhigh"}, {"max", "max"}};
    for (const auto& [asked, effort] : cases) {
        const Written written = write(small_conversation(R"("temperature":0.5,"reasoning_effort":")" + asked + "\""));
        EXPECT_EQ(written.body["additionalModelRequestFields"], Json::parse(R"({"thinking":{"type":"adaptive"}})")) << asked;
        EXPECT_EQ(written.body["outputConfig"], (Json{{"effort", effort}})) << asked;
        EXPECT_TRUE(omits(written, "temperature")) << "thought takes no temperature";
    }
    const Json none = write(small_conversation(R"("reasoning_effort":"none")")).body;
    EXPECT_EQ(none["additionalModelRequestFields"], Json::parse(R"({"thinking":{"type":"disabled"}})"));
    Conversation shown = small_conversation(R"("reasoning_effort":"low")");
    shown.thinking.summary = "auto";
    EXPECT_EQ(write(shown).body["additionalModelRequestFields"], Json::parse(R"({"thinking":{"type":"adaptive","display":"summarized"}})"));
    Conversation budget = small_conversation();
    budget.thinking.budget_tokens = 4'096;
    EXPECT_EQ(write(budget).body["outputConfig"], (Json{{"effort", "medium"}}));
}

TEST(ConverseRequest, AnOlderClaudeThinksWithinABudget) {
    const Json medium = write(small_conversation(R"("reasoning_effort":"medium")"), older_claude()).body;
    EXPECT_EQ(medium["additionalModelRequestFields"], Json::parse(R"({"thinking":{"type":"enabled","budget_tokens":4096}})"));
    EXPECT_EQ(medium["inferenceConfig"], Json::parse(R"({"maxTokens":32000})")) << "the budget has to lie below a limit that is stated";
    const Json tight = write(small_conversation(R"("reasoning_effort":"high","max_tokens":4096)"), older_claude()).body;
    EXPECT_EQ(tight["additionalModelRequestFields"]["thinking"]["budget_tokens"], 2048);
    const Written none = write(small_conversation(R"("reasoning_effort":"high","max_tokens":1500)"), older_claude());
    EXPECT_FALSE(none.body.contains("additionalModelRequestFields"));
    EXPECT_TRUE(omits(none, "reasoning_effort"));
}

TEST(ConverseRequest, ThinkingGivesWayWhereTheApiRefusesIt) {
    const std::string forced = R"("reasoning_effort":"high","tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"required")";
    for (const ModelRules& rules : {claude(), older_claude()}) {
        const Written written = write(small_conversation(forced), rules);
        EXPECT_FALSE(written.body.contains("additionalModelRequestFields"));
        EXPECT_TRUE(omits(written, "reasoning_effort"));
    }
    Conversation loop = conversation_of(kToolTalk);
    loop.turns.pop_back();
    loop.thinking.effort = "high";
    EXPECT_TRUE(omits(write(loop, older_claude()), "reasoning_effort")) << "the loop began without thought";
    ReasoningPart thought;
    thought.origin = Origin::Anthropic;
    thought.text = "hm";
    thought.seal = "s";
    loop.turns[1].parts.insert(loop.turns[1].parts.begin(), {thought, {}});
    const Written continued = write(loop, older_claude());
    EXPECT_EQ(continued.body["additionalModelRequestFields"]["thinking"]["type"], "enabled");
    EXPECT_EQ(continued.body["messages"][1]["content"][0]["reasoningContent"]["reasoningText"]["signature"], "s");
    Conversation begun = small_conversation(R"("reasoning_effort":"high")");
    begun.turns.push_back({Role::Assistant, {{TextPart{"Well,"}, {}}}});
    EXPECT_TRUE(omits(write(begun, older_claude()), "reasoning_effort")) << "an answer was begun";
}

TEST(ConverseRequest, OtherFamiliesHaveTheirOwnWordsOrNone) {
    const std::string high = R"("reasoning_effort":"xhigh")";
    EXPECT_EQ(write(small_conversation(high), named("openai.gpt-oss-120b-1:0")).body["additionalModelRequestFields"],
              Json::parse(R"({"reasoning_effort":"high"})"));
    const Written nova = write(small_conversation(high), named("amazon.nova-pro-v1:0"));
    EXPECT_FALSE(nova.body.contains("additionalModelRequestFields") || nova.body.contains("outputConfig"));
    EXPECT_TRUE(omits(nova, "reasoning_effort"));
    ModelRules thoughtless = older_claude();
    thoughtless.thinks = false;
    EXPECT_TRUE(omits(write(small_conversation(high), thoughtless), "reasoning_effort"));
    EXPECT_TRUE(write(small_conversation(R"("reasoning_effort":"none")"), thoughtless).omissions.empty());
}

TEST(ConverseRequest, RefusesWhatWouldChangeTheQuestion) {
    EXPECT_EQ(refusal_of(small_conversation(R"("n":2)")).param(), "n");
    EXPECT_EQ(refusal_of(small_conversation(R"("tools":[{"type":"custom","custom":{"name":"c"}}])")).param(), "tools");
}

}  // namespace
}  // namespace tierway::dialect::converse
