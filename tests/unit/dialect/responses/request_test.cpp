#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <variant>

#include "../document.hpp"
#include "hostile.hpp"
#include "tierway/dialect/responses.hpp"

// What both sides have is in tests/golden/dialects/responses.

namespace tierway::dialect::responses {
namespace {

using Json = nlohmann::json;

Result<Conversation> read(const Json& body) {
    const Document document(body.dump());
    return read_request(document.root());
}

Json asking(Json members) {
    members.emplace("model", "auto");
    members.emplace("input", "?");
    return members;
}

Conversation conversation_of(const Json& members) {
    auto conversation = read(asking(members));
    EXPECT_TRUE(conversation) << conversation.error().message();
    return conversation ? std::move(*conversation) : Conversation{};
}

/// The member at fault and the code, or what else happened.
std::string refusal_of(const Json& members) {
    const auto conversation = read(asking(members));
    return conversation ? "accepted" : std::string(conversation.error().param()) + " " + std::string(conversation.error().code());
}

Json written(const Conversation& conversation, const ModelRules& rules = {.model = "m"}) {
    Omissions omissions;
    const auto body = write_request(conversation, rules, omissions);
    EXPECT_TRUE(body) << body.error().message();
    return body ? Json::parse(*body) : Json();
}

Json items(Json list) {
    return {{"input", std::move(list)}};
}

TEST(ResponsesRequest, RefusesWhatNeedsTheVendorsMemory) {
    for (const Json& member :
         {Json{{"previous_response_id", "resp_1"}}, Json{{"conversation", "conv_1"}}, Json{{"background", true}},
          Json{{"conversation", {{"id", "conv_1"}}}}, Json{{"prompt", {{"id", "pmpt_1"}}}}}) {
        const auto refused = read(asking(member));
        ASSERT_FALSE(refused) << member;
        EXPECT_EQ(refused.error().kind(), ErrorKind::InvalidRequest);
        EXPECT_EQ(refused.error().code(), "unsupported_parameter");
        EXPECT_EQ(refused.error().param(), member.begin().key());
        EXPECT_NE(refused.error().message().find("Send"), std::string::npos) << "says what to do instead";
    }
    EXPECT_EQ(refusal_of(items({{{"type", "item_reference"}, {"id", "msg_1"}}})), "input[0] unsupported_parameter");
    EXPECT_EQ(refusal_of(items({{{"id", "msg_1"}}})), "input[0] unsupported_parameter") << "the type is optional";
    EXPECT_EQ(
        refusal_of({{"previous_response_id", nullptr}, {"conversation", nullptr}, {"background", false}, {"prompt", nullptr}}),
        "accepted");
}

TEST(ResponsesRequest, NamesTheMemberAtFault) {
    EXPECT_EQ(refusal_of({{"input", nullptr}}), "input invalid_type");
    EXPECT_EQ(refusal_of({{"input", Json::array()}}), "input invalid_value");
    EXPECT_EQ(refusal_of({{"model", 3}}), "model invalid_type");
    EXPECT_EQ(refusal_of(items({"?"})), "input[0] invalid_type");
    EXPECT_EQ(refusal_of(items({{{"content", "?"}}})), "input[0].type missing_required_parameter");
    EXPECT_EQ(refusal_of(items({{{"role", "tool"}, {"content", "?"}}})), "input[0].role invalid_value");
    EXPECT_EQ(refusal_of(items({{{"role", "user"}}})), "input[0].content missing_required_parameter");
    EXPECT_EQ(refusal_of(items({{{"role", "user"}, {"content", {{{"type", "text"}, {"text", "?"}}}}}})),
              "input[0].content[0].type invalid_value");
    EXPECT_EQ(refusal_of(items({{{"role", "user"}, {"content", {{{"type", "input_text"}}}}}})),
              "input[0].content[0].text missing_required_parameter");
    EXPECT_EQ(refusal_of(items({{{"role", "user"}, {"content", {{{"type", "input_image"}}}}}})),
              "input[0].content[0].image_url missing_required_parameter");
    EXPECT_EQ(refusal_of(items({{{"role", "user"}, {"content", {{{"type", "input_image"}, {"image_url", "data:,x"}}}}}})),
              "input[0].content[0].image_url invalid_value");
    EXPECT_EQ(refusal_of(items({{{"role", "user"}, {"content", {{{"type", "input_file"}}}}}})),
              "input[0].content[0].file_data missing_required_parameter");
    EXPECT_EQ(refusal_of(items({{{"type", "function_call"}, {"name", "f"}, {"arguments", "{}"}}})),
              "input[0].call_id missing_required_parameter");
    EXPECT_EQ(refusal_of(items({{{"type", "function_call_output"}, {"call_id", "c"}, {"output", 1}}})),
              "input[0].output invalid_type");
    EXPECT_EQ(refusal_of({{"instructions", 1}}), "instructions invalid_type");
    EXPECT_EQ(refusal_of({{"max_output_tokens", 0}}), "max_output_tokens invalid_value");
    EXPECT_EQ(refusal_of({{"max_output_tokens", "9"}}), "max_output_tokens invalid_type");
    EXPECT_EQ(refusal_of({{"top_logprobs", 21}}), "top_logprobs invalid_value");
    EXPECT_EQ(refusal_of({{"temperature", 2.5}}), "temperature invalid_value");
    EXPECT_EQ(refusal_of({{"top_p", "1"}}), "top_p invalid_type");
    EXPECT_EQ(refusal_of({{"stream", "yes"}}), "stream invalid_type");
    EXPECT_EQ(refusal_of({{"text", "json"}}), "text invalid_type");
    EXPECT_EQ(refusal_of({{"text", {{"format", {{"type", "xml"}}}}}}), "text.format.type invalid_value");
    EXPECT_EQ(refusal_of({{"text", {{"format", {{"type", "json_schema"}, {"name", "n"}}}}}}),
              "text.format.schema missing_required_parameter");
    EXPECT_EQ(refusal_of({{"text", {{"format", {{"type", "json_schema"}, {"schema", Json::object()}}}}}}),
              "text.format.name missing_required_parameter");
    EXPECT_EQ(refusal_of({{"reasoning", {{"effort", 3}}}}), "reasoning.effort invalid_type");
    EXPECT_EQ(refusal_of({{"metadata", "m"}}), "metadata invalid_type");
}

TEST(ResponsesRequest, BoundsTheItems) {
    EXPECT_EQ(refusal_of(items(Json(10'001, {{"role", "user"}, {"content", "?"}}))), "input invalid_value");
}

TEST(ResponsesRequest, MakesOneTurnOfWhatTheAssistantDidBetweenTwoOthers) {
    const Conversation read =
        conversation_of(items({{{"role", "user"}, {"content", "a"}},
                               {{"role", "user"}, {"content", "b"}},
                               {{"type", "reasoning"}, {"id", "rs_1"}, {"summary", Json::array()}, {"encrypted_content", "s"}},
                               {{"role", "assistant"}, {"content", "c"}},
                               {{"type", "function_call"}, {"call_id", "1"}, {"name", "f"}, {"arguments", ""}},
                               {{"type", "function_call"}, {"call_id", "2"}, {"name", "g"}, {"arguments", "{"}},
                               {{"type", "function_call_output"}, {"call_id", "2"}, {"output", "x"}},
                               {{"type", "function_call_output"}, {"call_id", "1"}, {"output", "y"}},
                               {{"role", "assistant"}, {"content", "d"}}}));
    std::string shape;
    for (const Turn& turn : read.turns) {
        shape += std::to_string(static_cast<int>(turn.role)) + ":" + std::to_string(turn.parts.size()) + " ";
    }
    EXPECT_EQ(shape, "1:1 1:1 2:4 3:2 2:1 ");
    EXPECT_EQ(std::get<ToolResultPart>(read.turns[3].parts[0].value).name, "g") << "of the call with its id";
    EXPECT_EQ(std::get<ToolCallPart>(read.turns[2].parts[3].value).arguments, "{") << "as the model wrote them";
}

TEST(ResponsesRequest, KeepsThoughtsWithTheirMaker) {
    const Conversation read = conversation_of(
        items({{{"type", "reasoning"}, {"id", "rs_7"}, {"encrypted_content", "gAAA"}},
               {{"type", "reasoning"}, {"id", "rs_1_0"}, {"encrypted_content", "anthropic!:sig"}},
               {{"type", "reasoning"}, {"summary", {{{"text", "a"}}, {{"text", "b"}}}}, {"encrypted_content", "deepseek:"}},
               {{"type", "reasoning"}, {"id", "rs_9"}, {"summary", Json::array()}},
               {{"role", "assistant"}, {"content", "?"}}}));
    ASSERT_EQ(read.turns.size(), 1U);
    ASSERT_EQ(read.turns[0].parts.size(), 4U) << "a thought that says nothing is none";
    const auto& own = std::get<ReasoningPart>(read.turns[0].parts[0].value);
    EXPECT_EQ(own.origin, Origin::OpenAi);
    EXPECT_EQ(own.seal, "gAAA");
    EXPECT_EQ(own.id, "rs_7");
    const auto& foreign = std::get<ReasoningPart>(read.turns[0].parts[1].value);
    EXPECT_EQ(foreign.origin, Origin::Anthropic);
    EXPECT_TRUE(foreign.hidden);
    EXPECT_EQ(foreign.seal, "sig");
    EXPECT_EQ(foreign.id, "") << "an id that we made means nothing to a provider";
    const auto& sealless = std::get<ReasoningPart>(read.turns[0].parts[2].value);
    EXPECT_EQ(sealless.origin, Origin::DeepSeek);
    EXPECT_EQ(sealless.text, "a\n\nb");

    const Json input = written(read)["input"];
    ASSERT_EQ(input.size(), 2U) << "only its own go back to a family";
    EXPECT_EQ(input[0], (Json{{"type", "reasoning"}, {"id", "rs_7"}, {"summary", Json::array()}, {"encrypted_content", "gAAA"}}));
}

TEST(ResponsesRequest, LeavesOutAThoughtThatNothingFollows) {
    const Conversation read = conversation_of(
        items({{{"role", "user"}, {"content", "?"}}, {{"type", "reasoning"}, {"id", "rs_7"}, {"encrypted_content", "gAAA"}}}));
    EXPECT_EQ(written(read)["input"].size(), 1U);
}

TEST(ResponsesRequest, PutsAGeminiSignatureBackOnItsCall) {
    const Json call = {{"type", "function_call"}, {"call_id", "1"}, {"name", "f"}, {"arguments", "{}"}};
    const Json signature = {
        {"type", "reasoning"}, {"id", "rs_1_0"}, {"summary", Json::array()}, {"encrypted_content", "gemini!:sig"}};
    const Conversation read = conversation_of(items({signature, call, call}));
    ASSERT_EQ(read.turns[0].parts.size(), 2U);
    EXPECT_EQ(std::get<ToolCallPart>(read.turns[0].parts[0].value).seal, "sig");
    EXPECT_EQ(std::get<ToolCallPart>(read.turns[0].parts[1].value).seal, "");
}

TEST(ResponsesRequest, GoesOnlyToTheVendorWithItemsThatNobodyElseUnderstands) {
    for (const std::string type :
         {"computer_call", "shell_call_output", "mcp_call", "compaction", "image_generation_call", "new_one"}) {
        EXPECT_EQ(conversation_of(items({{{"role", "user"}, {"content", "?"}}, {{"type", type}, {"id", "x"}}})).only_native,
                  "input[1]");
    }
    EXPECT_EQ(conversation_of({{"moderation", {{"model", "m"}}}}).only_native, "moderation");
    EXPECT_EQ(conversation_of({}).only_native, "");
}

TEST(ResponsesRequest, WantsLogprobsWhenTheyAreIncluded) {
    const Conversation asked = conversation_of({{"include", {"message.output_text.logprobs"}}, {"top_logprobs", 3}});
    EXPECT_TRUE(asked.logprobs);
    EXPECT_EQ(asked.top_logprobs, 3);
    const Conversation not_asked = conversation_of({{"top_logprobs", 3}});
    EXPECT_FALSE(not_asked.logprobs);
    EXPECT_EQ(not_asked.top_logprobs, std::nullopt);
}

TEST(ResponsesRequest, ToAProviderDropsPreferencesAndSaysSo) {
    Conversation conversation = conversation_of({{"temperature", 0.5},
                                                 {"top_p", 0.5},
                                                 {"reasoning", {{"effort", "low"}}},
                                                 {"include", {"message.output_text.logprobs"}},
                                                 {"store", true}});
    conversation.seed = 1;
    conversation.top_k = 5;
    conversation.presence_penalty = 0.5;
    conversation.frequency_penalty = 0.5;
    conversation.logit_bias = R"({"1":-100})";
    Omissions omissions;
    const auto body = write_request(conversation, {.model = "m", .sampling = false, .thinks = false}, omissions);
    ASSERT_TRUE(body);
    EXPECT_EQ(omissions, (Omissions{"reasoning_effort", "temperature", "top_p", "presence_penalty", "frequency_penalty", "seed",
                                    "logit_bias", "top_k", "logprobs", "store"}));
    EXPECT_EQ(Json::parse(*body), Json::parse(R"({"model":"m","input":[{"type":"message","role":"user","content":[
        {"type":"input_text","text":"?"}]}],"store":false})"));
}

TEST(ResponsesRequest, ToAProviderRefusesWhatWouldChangeTheQuestion) {
    const auto refused = [](const Conversation& conversation) {
        Omissions omissions;
        const auto body = write_request(conversation, {.model = "m"}, omissions);
        return body ? std::string("written") : std::string(body.error().param()) + " " + std::string(body.error().code());
    };
    Conversation several = conversation_of({});
    several.choices = 2;
    EXPECT_EQ(refused(several), "n unsupported_parameter");
    EXPECT_EQ(refused(conversation_of({{"moderation", {{"model", "m"}}}})), "moderation unsupported_parameter");
    Conversation stopped = conversation_of({});
    stopped.stop = {"."};
    EXPECT_EQ(refused(stopped), "stop unsupported_parameter");
    const Conversation sound = conversation_of(items(
        {{{"role", "user"}, {"content", {{{"type", "input_audio"}, {"input_audio", {{"data", "UklG"}, {"format", "wav"}}}}}}}}));
    EXPECT_EQ(refused(sound), "input_audio unsupported_parameter");
}

TEST(ResponsesRequest, ToAProviderWritesABudgetAsEffort) {
    Conversation conversation = conversation_of({});
    for (const auto& [budget, effort] : {std::pair<std::int64_t, std::string>{1024, "low"}, {4096, "medium"}, {32'000, "high"}}) {
        conversation.thinking.budget_tokens = budget;
        EXPECT_EQ(written(conversation)["reasoning"], (Json{{"effort", effort}}));
    }
}

TEST(ResponsesRequest, ToAProviderHashesALongIdentity) {
    Conversation conversation = conversation_of({{"user", std::string(64, 'u')}});
    EXPECT_EQ(written(conversation)["safety_identifier"], std::string(64, 'u'));
    conversation.user += 'u';
    const std::string hashed = written(conversation)["safety_identifier"];
    EXPECT_EQ(hashed.size(), 64U);
    EXPECT_EQ(hashed.find('u'), std::string::npos);
}

TEST(ResponsesRequest, ToAProviderTellsWhatAToolAnswered) {
    Conversation conversation;
    const ToolResultPart failed{"1", "f", {Part{TextPart{"no such file"}, {}}}, true};
    const ToolResultPart silent{"2", "f", {}, false};
    conversation.turns = {{Role::User, {Part{TextPart{"?"}, {}}}}, {Role::Tool, {Part{failed, {}}, Part{silent, {}}}}};
    const Json input = written(conversation)["input"];
    ASSERT_EQ(input.size(), 3U);
    EXPECT_EQ(input[1], (Json{{"type", "function_call_output"}, {"call_id", "1"}, {"output", "Error: no such file"}}));
    EXPECT_EQ(input[2], (Json{{"type", "function_call_output"}, {"call_id", "2"}, {"output", ""}}));
}

TEST(ResponsesRequest, ToAProviderWritesInstructionsAloneAsInput) {
    Conversation conversation;
    conversation.turns = {{Role::System, {Part{TextPart{"Say hi."}, {}}}}};
    const Json body = written(conversation);
    EXPECT_FALSE(body.contains("instructions"));
    EXPECT_EQ(body["input"][0]["role"], "developer");
    conversation.turns[0].parts.push_back({TextPart{"Twice."}, {}});
    conversation.turns.push_back({Role::User, {Part{TextPart{"?"}, {}}}});
    EXPECT_EQ(written(conversation)["instructions"], "Say hi.\n\nTwice.");
}

TEST(ResponsesRequest, SurvivesAMemberOfEveryKindInEveryPlace) {
    const Json whole =
        Json::parse(R"({"model":"m","instructions":"i","input":[{"role":"user","content":[{"type":"input_image","image_url":
        "https://a","file_id":"f","detail":"low"},{"type":"input_file","file_data":"d","filename":"n"},{"type":"input_audio","input_audio":
        {"data":"d","format":"wav"}}]},{"type":"reasoning","id":"r","summary":[{"text":"t"}],"content":[{"text":"t"}],"encrypted_content":"s"},
        {"type":"function_call","call_id":"c","name":"n","namespace":"s","arguments":"{}"},{"type":"function_call_output","call_id":"c",
        "output":[{"type":"input_text","text":"t"}]}],"tools":[{"type":"function","name":"f","description":"d","parameters":{},"strict":true},
        {"type":"namespace","name":"s","tools":[{"type":"function","name":"n"}]},{"type":"custom","name":"c","format":{"type":"grammar",
        "syntax":"s","definition":"d"}},{"type":"mcp"}],"tool_choice":{"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":
        "f"}]},"text":{"format":{"type":"json_schema","name":"n","schema":{},"strict":true},"verbosity":"low"},"reasoning":{"effort":"low",
        "summary":"auto"},"include":["x"],"metadata":{"k":"v"},"top_logprobs":1,"max_output_tokens":20,"temperature":1,"stream":true,
        "parallel_tool_calls":true,"user":"u","truncation":"auto","store":true,"stream_options":{}})");
    std::size_t accepted = 0;
    with_each_value_replaced(whole, [&accepted](const Json& hostile) {
        const Document document(hostile.dump());
        const auto conversation = read_request(document.root());
        if (!conversation) {
            EXPECT_EQ(conversation.error().kind(), ErrorKind::InvalidRequest);
            return;
        }
        ++accepted;
        Omissions omissions;
        if (const auto body = write_request(*conversation, {.model = "m"}, omissions)) {
            EXPECT_TRUE(Json::accept(*body)) << *body;
        }
        EXPECT_TRUE(Json::accept("{\"a\":1" + echo_of(document.root()).members + "}")) << hostile;
    });
    EXPECT_GT(accepted, 100U);
}

}  // namespace
}  // namespace tierway::dialect::responses
