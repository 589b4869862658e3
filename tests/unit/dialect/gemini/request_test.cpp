#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "dialect/chat_conversation.hpp"
#include "tierway/dialect/gemini.hpp"

namespace tierway::dialect::gemini {
namespace {

using Json = nlohmann::ordered_json;

ModelRules third_generation() {
    ModelRules rules;
    rules.model = "gemini-3-pro";
    return rules;
}

ModelRules second_generation() {
    ModelRules rules;
    rules.model = "gemini-2.5-flash";
    rules.adaptive_thinking = false;
    return rules;
}

struct Written {
    Json body;
    Omissions omissions;
};

Written write(const Conversation& conversation, const ModelRules& rules = third_generation()) {
    Written written;
    const auto body = write_request(conversation, rules, written.omissions);
    EXPECT_TRUE(body) << (body ? "" : body.error().message());
    written.body = body ? Json::parse(*body) : Json();
    return written;
}

Json config_of(const std::string& members, const ModelRules& rules = third_generation()) {
    return write(small_conversation(members), rules).body["generationConfig"];
}

bool omits(const Written& written, std::string_view parameter) {
    return std::count(written.omissions.begin(), written.omissions.end(), parameter) == 1;
}

Error refusal_of(const Conversation& conversation) {
    Omissions omissions;
    const auto body = write_request(conversation, third_generation(), omissions);
    EXPECT_FALSE(body);
    return body ? Error() : body.error();
}

TEST(GeminiRequest, PathNamesTheModelAndTheWay) {
    EXPECT_EQ(path("gemini-3-pro", false), "/models/gemini-3-pro:generateContent");
    EXPECT_EQ(path("gemini-3-pro", true), "/models/gemini-3-pro:streamGenerateContent?alt=sse");
    EXPECT_EQ(path("a/../b?c#d", false), "/models/a%2F..%2Fb%3Fc%23d:generateContent");
}

TEST(GeminiRequest, ASmallRequestHasNothingThatWasNotAskedFor) {
    EXPECT_EQ(write(small_conversation()).body, Json::parse(R"({"contents":[{"role":"user","parts":[{"text":"Hi"}]}]})"));
}

TEST(GeminiRequest, LeadingInstructionsStandApartAndLaterOnesAreTheUsers) {
    const Json body = write(conversation_of(R"({"model":"m","messages":[{"role":"system","content":"A"},{"role":"developer","content":"B"},
        {"role":"user","content":"Hi"},{"role":"assistant","content":"Ho"},{"role":"system","content":"C"},{"role":"user","content":"D"}]})"))
                          .body;
    EXPECT_EQ(body["systemInstruction"], Json::parse(R"({"parts":[{"text":"A"},{"text":"B"}]})"));
    EXPECT_EQ(body["contents"], Json::parse(R"([{"role":"user","parts":[{"text":"Hi"}]},{"role":"model","parts":[{"text":"Ho"}]},
        {"role":"user","parts":[{"text":"C"},{"text":"D"}]}])"));
}

TEST(GeminiRequest, InstructionsAloneAreAsked) {
    const Json body = write(conversation_of(R"({"model":"m","messages":[{"role":"system","content":"Say hello."}]})")).body;
    EXPECT_FALSE(body.contains("systemInstruction"));
    EXPECT_EQ(body["contents"], Json::parse(R"([{"role":"user","parts":[{"text":"Say hello."}]}])"));
}

TEST(GeminiRequest, RolesAlternateAndEmptyTextsAreLeftOut) {
    const Json body = write(conversation_of(R"({"model":"m","messages":[{"role":"user","content":"a"},{"role":"user","content":""},
        {"role":"user","content":"b"},{"role":"assistant","content":""},{"role":"user","content":"c"}]})"))
                          .body;
    EXPECT_EQ(body["contents"], Json::parse(R"([{"role":"user","parts":[{"text":"a"},{"text":"b"},{"text":"c"}]}])"));
}

const std::string kToolTalk = R"({"model":"m","messages":[{"role":"user","content":"Weather?"},
  {"role":"assistant","content":"Let me see.","tool_calls":[
    {"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\"city\": \"K\u00f6ln\",  \"n\":1.0}"}},
    {"id":"call_2","type":"function","function":{"name":"time","arguments":""}}]},
  {"role":"tool","tool_call_id":"call_1","content":"{\"rain\":  true}"},
  {"role":"tool","tool_call_id":"call_2","content":"noon"},
  {"role":"user","content":"And?"}],
  "tools":[{"type":"function","function":{"name":"weather","description":"d","parameters":{"type":"object", "x-kept":1e2}}},
    {"type":"function","function":{"name":"time"}}]})";

TEST(GeminiRequest, CallsAndResultsArePartsThatNameTheirFunction) {
    const Json body = write(conversation_of(kToolTalk)).body;
    ASSERT_EQ(body["contents"].size(), 3U);
    EXPECT_EQ(body["contents"][1], Json::parse(R"({"role":"model","parts":[{"text":"Let me see."},
        {"functionCall":{"id":"call_1","name":"weather","args":{"city":"Köln","n":1.0}},"thoughtSignature":"skip_thought_signature_validator"},
        {"functionCall":{"id":"call_2","name":"time","args":{}}}]})"));
    EXPECT_EQ(body["contents"][2], Json::parse(R"({"role":"user","parts":[
        {"functionResponse":{"id":"call_1","name":"weather","response":{"rain":true}}},
        {"functionResponse":{"id":"call_2","name":"time","response":{"result":"noon"}}},{"text":"And?"}]})"));
}

TEST(GeminiRequest, ArgumentsAndSchemasKeepTheirBytes) {
    Omissions omissions;
    const std::string body = *write_request(conversation_of(kToolTalk), third_generation(), omissions);
    EXPECT_NE(body.find("\"args\":{\"city\": \"K\xC3\xB6ln\",  \"n\":1.0}"), std::string::npos);
    EXPECT_NE(body.find(R"("parametersJsonSchema":{"type":"object", "x-kept":1e2})"), std::string::npos);
    EXPECT_NE(body.find(R"("response":{"rain":  true})"), std::string::npos);
}

TEST(GeminiRequest, DeclaresFunctions) {
    EXPECT_EQ(write(conversation_of(kToolTalk)).body["tools"], Json::parse(R"([{"functionDeclarations":[
        {"name":"weather","description":"d","parametersJsonSchema":{"type":"object","x-kept":100.0}},{"name":"time"}]}])"));
}

TEST(GeminiRequest, ResultsComeBeforeWhateverElseTheUserSays) {
    Conversation conversation = conversation_of(kToolTalk);
    std::swap(conversation.turns[2], conversation.turns[3]);
    const Json parts = write(conversation).body["contents"][2]["parts"];
    EXPECT_TRUE(parts[0].contains("functionResponse") && parts[1].contains("functionResponse"));
    EXPECT_EQ(parts[2]["text"], "And?");
}

TEST(GeminiRequest, ASealGoesBackOnTheCallThatBoreIt) {
    Conversation conversation = conversation_of(kToolTalk);
    std::get<ToolCallPart>(conversation.turns[1].parts[1].value).seal = "sig==";
    for (const ModelRules& rules : {third_generation(), second_generation()}) {
        const Json parts = write(conversation, rules).body["contents"][1]["parts"];
        EXPECT_EQ(parts[1]["thoughtSignature"], "sig==");
        EXPECT_FALSE(parts[2].contains("thoughtSignature"));
    }
}

TEST(GeminiRequest, OnlyTheThirdGenerationIsToldThatThereIsNoSignature) {
    EXPECT_FALSE(write(conversation_of(kToolTalk), second_generation()).body["contents"][1]["parts"][1].contains("thoughtSignature"));
}

TEST(GeminiRequest, ArgumentsThatAreNoObjectAreWrapped) {
    for (const auto& [arguments, expected] : std::vector<std::pair<std::string, std::string>>{
             {" \n", "{}"},
             {"[1]", R"({"arguments":"[1]"})"},
             {"{\"a\":", R"({"arguments":"{\"a\":"})"},
             {"{\"a\":1} x", R"({"arguments":"{\"a\":1} x"})"},
             {std::string(100, '['), R"({"arguments":")" + std::string(100, '[') + "\"}"}}) {
        Conversation conversation = conversation_of(kToolTalk);
        std::get<ToolCallPart>(conversation.turns[1].parts[1].value).arguments = arguments;
        EXPECT_EQ(write(conversation).body["contents"][1]["parts"][1]["functionCall"]["args"], Json::parse(expected)) << arguments;
    }
}

TEST(GeminiRequest, AnErrorOfAToolIsToldAsOne) {
    Conversation conversation = conversation_of(kToolTalk);
    for (Part& part : conversation.turns[2].parts) {
        std::get<ToolResultPart>(part.value).is_error = true;
    }
    const Json parts = write(conversation).body["contents"][2]["parts"];
    EXPECT_EQ(parts[0]["functionResponse"]["response"], Json::parse(R"({"error":{"rain":true}})"));
    EXPECT_EQ(parts[1]["functionResponse"]["response"], Json::parse(R"({"error":"noon"})"));
}

TEST(GeminiRequest, AResultWithoutACallHasSomeName) {
    Conversation conversation = conversation_of(kToolTalk);
    auto& first = std::get<ToolResultPart>(conversation.turns[2].parts[0].value);
    auto& second = std::get<ToolResultPart>(conversation.turns[2].parts[1].value);
    first.name.clear();
    second.name.clear();
    second.call_id.clear();
    const Json parts = write(conversation).body["contents"][2]["parts"];
    EXPECT_EQ(parts[0]["functionResponse"]["name"], "call_1");
    EXPECT_EQ(parts[1]["functionResponse"]["name"], "tool");
}

TEST(GeminiRequest, PicturesOfAResultGoIntoItOrBesideIt) {
    Conversation conversation = conversation_of(kToolTalk);
    auto& result = std::get<ToolResultPart>(conversation.turns[2].parts[0].value);
    MediaPart bytes;
    bytes.media_type = "image/png";
    bytes.data = "iVBO";
    MediaPart address;
    address.url = "https://example.com/a.JPG?x=1";
    result.content.push_back({bytes, {}});
    result.content.push_back({address, {}});
    const Json newer = write(conversation).body["contents"][2]["parts"];
    ASSERT_EQ(newer.size(), 4U);
    EXPECT_EQ(newer[0]["functionResponse"]["parts"], Json::parse(R"([{"inlineData":{"mimeType":"image/png","data":"iVBO"}}])"));
    EXPECT_EQ(newer[2], Json::parse(R"({"fileData":{"mimeType":"image/jpeg","fileUri":"https://example.com/a.JPG?x=1"}})"));
    const Json older = write(conversation, second_generation()).body["contents"][2]["parts"];
    ASSERT_EQ(older.size(), 5U);
    EXPECT_FALSE(older[0]["functionResponse"].contains("parts"));
    EXPECT_EQ(older[2], Json::parse(R"({"inlineData":{"mimeType":"image/png","data":"iVBO"}})"));
}

TEST(GeminiRequest, MediaAreGivenByBytesOrAddress) {
    const Written written = write(conversation_of(R"({"model":"m","messages":[{"role":"user","content":[
        {"type":"image_url","image_url":{"url":"data:image/png;base64,iVBO","detail":"low"}},
        {"type":"image_url","image_url":{"url":"https://example.com/picture"}},
        {"type":"input_audio","input_audio":{"data":"UklG","format":"wav"}},
        {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBE"}}]}]})"));
    EXPECT_EQ(written.body["contents"][0]["parts"], Json::parse(R"([{"inlineData":{"mimeType":"image/png","data":"iVBO"}},
        {"fileData":{"fileUri":"https://example.com/picture"}},{"inlineData":{"mimeType":"audio/wav","data":"UklG"}},
        {"inlineData":{"mimeType":"application/pdf","data":"JVBE"}}])"));
    EXPECT_TRUE(omits(written, "detail"));
}

TEST(GeminiRequest, AFileKnownElsewhereIsRefused) {
    const Error error = refusal_of(conversation_of(
        R"({"model":"m","messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"file-1"}}]}]})"));
    EXPECT_EQ(error.kind(), ErrorKind::InvalidRequest);
    EXPECT_EQ(error.code(), "unsupported_parameter");
    EXPECT_EQ(error.param(), "messages");
}

TEST(GeminiRequest, OnlyGeminisOwnSealedReasoningGoesBack) {
    Conversation conversation = small_conversation();
    const auto add = [&conversation](Origin origin, std::string text, std::string seal) {
        ReasoningPart part;
        part.origin = origin;
        part.text = std::move(text);
        part.seal = std::move(seal);
        part.hidden = part.text.empty();
        conversation.turns.back().parts.push_back({part, {}});
    };
    conversation.turns.push_back({Role::Assistant, {}});
    add(Origin::Gemini, "hm", "s1");
    add(Origin::Gemini, "unsealed", "");
    add(Origin::Anthropic, "claude", "s2");
    add(Origin::Unknown, "who", "s3");
    conversation.turns.back().parts.push_back({TextPart{"Yes."}, {}});
    add(Origin::Gemini, "", "s4");
    const Written written = write(conversation);
    EXPECT_EQ(written.body["contents"][1]["parts"], Json::parse(R"([{"text":"hm","thought":true,"thoughtSignature":"s1"},
        {"text":"Yes."},{"text":"","thoughtSignature":"s4"}])"));
    EXPECT_TRUE(written.omissions.empty());
}

TEST(GeminiRequest, ToolChoiceIsAMode) {
    const std::string tools = R"("tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":)";
    const auto mode = [&tools](const std::string& choice) {
        return write(small_conversation(tools + choice)).body["toolConfig"]["functionCallingConfig"];
    };
    EXPECT_EQ(mode("\"auto\""), Json::parse(R"({"mode":"AUTO"})"));
    EXPECT_EQ(mode("\"none\""), Json::parse(R"({"mode":"NONE"})"));
    EXPECT_EQ(mode("\"required\""), Json::parse(R"({"mode":"ANY"})"));
    EXPECT_EQ(mode(R"({"type":"function","function":{"name":"f"}})"), Json::parse(R"({"mode":"ANY","allowedFunctionNames":["f"]})"));
    EXPECT_FALSE(write(small_conversation(R"("tool_choice":"none")")).body.contains("toolConfig")) << "there are no tools";
}

TEST(GeminiRequest, SettingsHaveTheirPlaces) {
    EXPECT_EQ(config_of(R"("temperature":0.25,"top_p":0.5,"presence_penalty":-1,"frequency_penalty":1.5,"n":2,"max_tokens":7,
        "stop":["a","b"],"seed":-5,"logprobs":true,"top_logprobs":3)"),
              Json::parse(R"({"temperature":0.25,"topP":0.5,"presencePenalty":-1,"frequencyPenalty":1.5,"candidateCount":2,
        "maxOutputTokens":7,"stopSequences":["a","b"],"seed":-5,"responseLogprobs":true,"logprobs":3})"));
    Conversation conversation = small_conversation();
    conversation.top_k = 40;
    EXPECT_EQ(write(conversation).body["generationConfig"], Json::parse(R"({"topK":40})"));
}

TEST(GeminiRequest, WhatTheModelOrTheApiDoesNotTakeIsLeftOutAndTold) {
    ModelRules rules = third_generation();
    rules.sampling = false;
    Conversation conversation = small_conversation(R"("temperature":0.5,"top_p":0.5,"presence_penalty":1,"frequency_penalty":1,
        "seed":9007199254740993,"logit_bias":{"5":-100},"verbosity":"low","user":"u","prompt_cache_key":"k","store":true,
        "service_tier":"flex","metadata":{"a":"b"},"parallel_tool_calls":false,
        "tools":[{"type":"function","function":{"name":"f","strict":true}}])");
    conversation.top_k = 1;
    conversation.stop = {"1", "2", "3", "4", "5", "6"};
    conversation.turns[0].parts[0].cache_control = R"({"type":"ephemeral"})";
    const Written written = write(conversation, rules);
    EXPECT_EQ(written.body["generationConfig"], Json::parse(R"({"stopSequences":["1","2","3","4","5"]})"));
    for (const std::string_view parameter :
         {"temperature", "top_p", "top_k", "presence_penalty", "frequency_penalty", "seed", "stop", "logit_bias", "verbosity", "user",
          "prompt_cache_key", "metadata", "store", "service_tier", "parallel_tool_calls", "strict", "cache_control"}) {
        EXPECT_TRUE(omits(written, parameter)) << parameter;
    }
    EXPECT_EQ(written.omissions.size(), 17U);
    EXPECT_TRUE(write(small_conversation(R"("service_tier":"auto","store":false)")).omissions.empty()) << "nothing is lost";
}

TEST(GeminiRequest, JsonIsAMediaTypeAndASchema) {
    EXPECT_EQ(config_of(R"("response_format":{"type":"json_object"})"), Json::parse(R"({"responseMimeType":"application/json"})"));
    EXPECT_EQ(config_of(R"("response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"},"strict":true}})"),
              Json::parse(R"({"responseMimeType":"application/json","responseJsonSchema":{"type":"object"}})"));
    EXPECT_TRUE(config_of(R"("response_format":{"type":"text"})").is_null());
}

TEST(GeminiRequest, EffortIsALevelOrABudget) {
    const std::vector<std::tuple<std::string, std::string, int>> cases = {
        {"none", "MINIMAL", 0},     {"minimal", "MINIMAL", 1024}, {"low", "LOW", 1024},   {"medium", "MEDIUM", 8192},
        {"high", "HIGH", 24576}, {"xhigh", "HIGH", 24576},     {"max", "HIGH", 24576},
    };
    for (const auto& [effort, level, budget] : cases) {
        const std::string members = R"("reasoning_effort":")" + effort + "\"";
        EXPECT_EQ(config_of(members)["thinkingConfig"], (Json{{"thinkingLevel", level}})) << effort;
        EXPECT_EQ(config_of(members, second_generation())["thinkingConfig"], (Json{{"thinkingBudget", budget}})) << effort;
    }
}

TEST(GeminiRequest, ABudgetIsABudgetOrALevel) {
    const std::vector<std::tuple<std::int64_t, std::string, int>> cases = {
        {-1, "MINIMAL", 0}, {0, "MINIMAL", 0}, {1024, "LOW", 1024}, {4096, "MEDIUM", 4096}, {31999, "HIGH", 24576}};
    for (const auto& [tokens, level, budget] : cases) {
        Conversation conversation = small_conversation();
        conversation.thinking.budget_tokens = tokens;
        EXPECT_EQ(write(conversation).body["generationConfig"]["thinkingConfig"], (Json{{"thinkingLevel", level}})) << tokens;
        EXPECT_EQ(write(conversation, second_generation()).body["generationConfig"]["thinkingConfig"], (Json{{"thinkingBudget", budget}}));
    }
}

TEST(GeminiRequest, ThoughtsAreShownOnlyWhenTheyAreWanted) {
    Conversation conversation = small_conversation();
    conversation.thinking.summary = "auto";
    EXPECT_EQ(write(conversation).body["generationConfig"], Json::parse(R"({"thinkingConfig":{"includeThoughts":true}})"));
    conversation.thinking.effort = "low";
    EXPECT_EQ(write(conversation).body["generationConfig"]["thinkingConfig"],
              Json::parse(R"({"includeThoughts":true,"thinkingLevel":"LOW"})"));
}

TEST(GeminiRequest, AModelThatDoesNotThinkIsNotAskedTo) {
    ModelRules rules = second_generation();
    rules.thinks = false;
    const Written high = write(small_conversation(R"("reasoning_effort":"high")"), rules);
    EXPECT_FALSE(high.body.contains("generationConfig"));
    EXPECT_TRUE(omits(high, "reasoning_effort"));
    EXPECT_TRUE(write(small_conversation(R"("reasoning_effort":"none")"), rules).omissions.empty()) << "that is what it does";
}

TEST(GeminiRequest, RefusesWhatWouldChangeTheQuestion) {
    EXPECT_EQ(refusal_of(small_conversation(R"("n":9)")).param(), "n");
    EXPECT_EQ(refusal_of(small_conversation(R"("tools":[{"type":"custom","custom":{"name":"c"}}])")).param(), "tools");
    Conversation native = small_conversation();
    native.only_native = "mcp_servers";
    EXPECT_EQ(refusal_of(native).param(), "mcp_servers");
    EXPECT_EQ(refusal_of(native).code(), "unsupported_parameter");
}

}  // namespace
}  // namespace tierway::dialect::gemini
