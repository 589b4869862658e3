#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "../document.hpp"
#include "tierway/dialect/responses.hpp"

namespace tierway::dialect::responses {
namespace {

using Json = nlohmann::json;

Result<Conversation> read(const Json& tools, const Json& choice = nullptr) {
    const Document document(Json{{"model", "auto"}, {"input", "?"}, {"tools", tools}, {"tool_choice", choice}}.dump());
    return read_request(document.root());
}

Conversation conversation_of(const Json& tools, const Json& choice = nullptr) {
    auto conversation = read(tools, choice);
    EXPECT_TRUE(conversation) << conversation.error().message();
    return conversation ? std::move(*conversation) : Conversation{};
}

std::string refusal_of(const Json& tools, const Json& choice = nullptr) {
    const auto conversation = read(tools, choice);
    return conversation ? "accepted" : std::string(conversation.error().param()) + " " + std::string(conversation.error().code());
}

Json function(const std::string& name) {
    return {{"type", "function"}, {"name", name}};
}

const Json kNamespace = {
    {"type", "namespace"}, {"name", "agents"}, {"tools", {function("spawn"), {{"type", "custom"}, {"name", "ask"}}}}};

TEST(ResponsesTools, OfANamespaceAreKnownByBothNames) {
    const Conversation read = conversation_of({kNamespace, function("f")});
    ASSERT_EQ(read.tools.size(), 3U);
    EXPECT_EQ(read.tools[0].name, "agents__spawn");
    EXPECT_EQ(read.tools[1].name, "agents__ask");
    EXPECT_TRUE(read.tools[1].custom);
    EXPECT_EQ(read.tools[2].name, "f");
}

TEST(ResponsesTools, LeavesOutHostedOnesThatOnlyAddAnAbility) {
    const Conversation read = conversation_of(
        {{{"type", "web_search"}, {"external_web_access", false}}, {{"type", "code_interpreter"}}, function("f")}, "auto");
    EXPECT_EQ(read.tools.size(), 1U);
    EXPECT_EQ(read.omitted, (Omissions{"tools"})) << "named once";
    EXPECT_EQ(read.only_native, "");
}

TEST(ResponsesTools, GoesOnlyToTheVendorForThoseWhichTheQuestionNeeds) {
    for (const std::string type : {"mcp", "computer", "computer_use_preview", "file_search", "new_one"}) {
        EXPECT_EQ(conversation_of({function("f"), {{"type", type}}}).only_native, "tools[1]") << type;
    }
    const Json search = {{"type", "web_search"}};
    EXPECT_EQ(conversation_of(Json::array({search}), search).only_native, "tool_choice");
    EXPECT_EQ(conversation_of(Json::array({search}), "required").only_native, "tool_choice");
    EXPECT_EQ(conversation_of({search, function("f")}, "required").only_native, "");
    EXPECT_EQ(conversation_of({search, function("f")}, {{"type", "allowed_tools"}, {"mode", "required"}, {"tools", {search}}})
                  .only_native,
              "tool_choice");
}

TEST(ResponsesTools, OffersOnlyTheAllowedOnes) {
    const Json allowed = {{"type", "allowed_tools"}, {"mode", "auto"}, {"tools", {function("f")}}};
    const Conversation read = conversation_of({function("f"), function("g")}, allowed);
    ASSERT_EQ(read.tools.size(), 1U);
    EXPECT_EQ(read.tools[0].name, "f");
    EXPECT_EQ(read.tool_choice.mode, ToolChoice::Mode::Auto);
}

TEST(ResponsesTools, ReadsTheChoice) {
    const Json tools = {function("f"), kNamespace};
    EXPECT_EQ(conversation_of(tools).tool_choice.mode, ToolChoice::Mode::Unstated);
    EXPECT_EQ(conversation_of(tools, "none").tool_choice.mode, ToolChoice::Mode::None);
    EXPECT_EQ(conversation_of(tools, "required").tool_choice.mode, ToolChoice::Mode::Required);
    EXPECT_EQ(conversation_of(tools, function("f")).tool_choice.name, "f");
    Json spawn = function("spawn");
    spawn["namespace"] = "agents";
    EXPECT_EQ(conversation_of(tools, spawn).tool_choice.name, "agents__spawn");
}

TEST(ResponsesTools, NamesTheMemberAtFault) {
    EXPECT_EQ(refusal_of("f"), "tools invalid_type");
    EXPECT_EQ(refusal_of({"f"}), "tools[0] invalid_type");
    EXPECT_EQ(refusal_of({{{"name", "f"}}}), "tools[0].type missing_required_parameter");
    EXPECT_EQ(refusal_of({function("f"), {{"type", "function"}}}), "tools[1].name missing_required_parameter");
    EXPECT_EQ(refusal_of({{{"type", "namespace"}, {"tools", {function("f")}}}}), "tools[0].name missing_required_parameter");
    EXPECT_EQ(refusal_of({{{"type", "namespace"}, {"name", "n"}, {"tools", {{{"type", "mcp"}}}}}}),
              "tools[0].tools[0].type invalid_value");
    EXPECT_EQ(refusal_of(Json::array({function("f")}), "any"), "tool_choice invalid_value");
    EXPECT_EQ(refusal_of(Json::array({function("f")}), 1), "tool_choice invalid_type");
    EXPECT_EQ(refusal_of(Json::array({function("f")}), {{"type", "function"}}), "tool_choice.name missing_required_parameter");
    EXPECT_EQ(refusal_of(Json(513, function("f"))), "tools invalid_value");
}

TEST(ResponsesTools, TellAModelTheirStrictnessAndFormat) {
    Conversation conversation =
        conversation_of({{{"type", "function"}, {"name", "f"}, {"strict", true}, {"parameters", {{"type", "object"}}}},
                         {{"type", "custom"}, {"name", "c"}, {"format", {{"type", "text"}}}}},
                        {{"type", "custom"}, {"name", "c"}});
    conversation.tools.emplace_back().name = "unstated";
    Omissions omissions;
    const Json body = Json::parse(*write_request(conversation, {.model = "m"}, omissions));
    EXPECT_EQ(body["tools"][0]["strict"], true);
    EXPECT_EQ(body["tools"][1], (Json{{"type", "custom"}, {"name", "c"}, {"format", {{"type", "text"}}}}));
    EXPECT_EQ(body["tools"][2]["strict"], false) << "the API takes what is not stated for true";
    EXPECT_EQ(body["tool_choice"], (Json{{"type", "custom"}, {"name", "c"}}));
}

}  // namespace
}  // namespace tierway::dialect::responses
