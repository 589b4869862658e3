#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tierway/cascade/signals.hpp"

namespace tierway::cascade {
namespace {

using dialect::AnswerChoice;
using dialect::ToolCall;

constexpr std::string_view kSchema = R"({"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"}},
    "required":["name","age"],"additionalProperties":false})";

constexpr std::string_view kTools = R"([
    {"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},
        "required":["city"]}}},
    {"type":"function","function":{"name":"now"}},
    {"type":"custom","custom":{"name":"shell"}},
    {"type":"computer","name":"computer"},
    {"type":"function","name":"flat","parameters":{"required":["a"]}}])";

class Structure : public ::testing::Test {
protected:
    wire::JsonValue parsed(std::string_view text) {
        const auto value = parser_.parse(text);
        EXPECT_TRUE(value);
        return value ? *value : wire::JsonValue{};
    }
    std::optional<Signal> of_content(std::string content, const Expectation& expected) {
        AnswerChoice choice;
        choice.content = std::move(content);
        return structure_signal(choice, expected);
    }
    std::optional<Signal> of_calls(std::vector<ToolCall> calls, const Expectation& expected) {
        AnswerChoice choice;
        choice.tool_calls = std::move(calls);
        return structure_signal(choice, expected);
    }

    wire::JsonParser parser_;
};

TEST_F(Structure, JudgesContentAgainstTheSchema) {
    struct Row {
        std::string_view name;
        std::string_view content;
        std::string_view fault;
    };
    const std::vector<Row> rows = {
        {"fits", R"({"name":"a","age":3})", ""},
        {"fits with white space around", "\n {\"age\":3,\"name\":\"a\"} \n", ""},
        {"property missing", R"({"name":"a"})", "the content breaks the schema: (root): misses the required property `age`"},
        {"wrong type", R"({"name":"a","age":"3"})", "the content breaks the schema: /age: is a string, must be of type integer"},
        {"property not allowed", R"({"name":"a","age":3,"x":1})",
         "the content breaks the schema: (root): has a property that the schema does not allow"},
        {"fenced", "```json\n{\"name\":\"a\",\"age\":3}\n```", "the content is not valid JSON"},
        {"prose before", R"(Here you are: {"name":"a","age":3})", "the content is not valid JSON"},
        {"cut off", R"({"name":"a","age":)", "the content is not valid JSON"},
        {"two values", R"({"name":"a","age":3}{})", "the content is not valid JSON"},
        {"trailing comma", R"({"name":"a","age":3,})", "the content is not valid JSON"},
    };
    const Expectation expected{.json_schema = parsed(kSchema), .json_object = false, .tools = {}, .previous_answer = {}};
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        const auto signal = of_content(std::string(row.content), expected);
        ASSERT_TRUE(signal);
        EXPECT_EQ(signal->kind, SignalKind::Structure);
        EXPECT_EQ(signal->fatal, !row.fault.empty());
        EXPECT_EQ(signal->score, row.fault.empty() ? 1.0 : 0.0);
        EXPECT_EQ(signal->reason, row.fault.empty() ? "the content satisfies the schema" : row.fault);
    }
}

TEST_F(Structure, JudgesJsonObjectMode) {
    const Expectation expected{.json_schema = {}, .json_object = true, .tools = {}, .previous_answer = {}};
    EXPECT_FALSE(of_content("{}", expected)->fatal);
    EXPECT_TRUE(of_content("[]", expected)->fatal);
    EXPECT_TRUE(of_content("42", expected)->fatal);
    EXPECT_TRUE(of_content("no json", expected)->fatal);
}

TEST_F(Structure, IsAbsentWhenNothingWasAsked) {
    EXPECT_EQ(of_content("free text", {}), std::nullopt);
}

TEST_F(Structure, LeavesRefusalsAndEmptinessToCompleteness) {
    const Expectation expected{.json_schema = parsed(kSchema), .json_object = false, .tools = {}, .previous_answer = {}};
    AnswerChoice refused;
    refused.refusal = "I cannot help with that.";
    EXPECT_EQ(structure_signal(refused, expected), std::nullopt);
    refused.content = refused.refusal;
    EXPECT_EQ(structure_signal(refused, expected), std::nullopt);
    EXPECT_EQ(of_content("", expected), std::nullopt);
    EXPECT_EQ(of_content(" \n", expected), std::nullopt);
}

TEST_F(Structure, JudgesToolCalls) {
    struct Row {
        std::string_view name;
        std::vector<ToolCall> calls;
        std::string_view fault;
    };
    const std::vector<Row> rows = {
        {"fits", {{"get_weather", R"({"city":"Oslo"})"}}, ""},
        {"a function without parameters", {{"now", "{}"}}, ""},
        {"a custom tool takes free text", {{"shell", "ls -l"}}, ""},
        {"a provider's own tool", {{"computer", R"({"action":"click"})"}}, ""},
        {"a function that is not nested", {{"flat", R"({"a":1})"}}, ""},
        {"a function that is not nested, broken",
         {{"flat", "{}"}},
         "arguments of `flat` break its schema: (root): misses the required property `a`"},
        {"several that fit", {{"now", "{}"}, {"get_weather", R"({"city":"Oslo"})"}}, ""},
        {"not offered", {{"get_wether", "{}"}}, "calls a tool that was not offered"},
        {"nameless", {{"", "{}"}}, "calls a tool that was not offered"},
        {"argument missing",
         {{"get_weather", "{}"}},
         "arguments of `get_weather` break its schema: (root): misses the required property `city`"},
        {"argument of a wrong type",
         {{"get_weather", R"({"city":["Oslo"]})"}},
         "arguments of `get_weather` break its schema: /city: is an array, must be of type string"},
        {"not JSON", {{"get_weather", R"({"city":"Os)"}}, "arguments of `get_weather` are not valid JSON"},
        {"no arguments at all", {{"now", ""}}, "arguments of `now` are not valid JSON"},
        {"not an object", {{"now", "[]"}}, "arguments of `now` are not an object"},
        {"the second is broken", {{"now", "{}"}, {"now", "null"}}, "arguments of `now` are not an object"},
    };
    const Expectation expected{.json_schema = {}, .json_object = false, .tools = parsed(kTools), .previous_answer = {}};
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        const auto signal = of_calls(row.calls, expected);
        ASSERT_TRUE(signal);
        EXPECT_EQ(signal->fatal, !row.fault.empty());
        EXPECT_EQ(signal->reason, row.fault.empty() ? "every tool call fits its schema" : row.fault);
    }
}

TEST_F(Structure, JudgesCallsOfTheOlderFunctionsList) {
    const wire::JsonValue body = parsed(R"({"messages":[],"functions":[{"name":"f","parameters":{"required":["a"]}}]})");
    dialect::ChatRequest request;
    request.body = body;
    const Expectation expected = expectation_of(request);
    EXPECT_FALSE(of_calls({{"f", R"({"a":1})"}}, expected)->fatal);
    EXPECT_TRUE(of_calls({{"f", "{}"}}, expected)->fatal);
}

TEST_F(Structure, RefusesToolCallsWhenNoToolWasOffered) {
    EXPECT_TRUE(of_calls({{"now", "{}"}}, {})->fatal);
}

TEST_F(Structure, DoesNotJudgeTextBesideToolCallsByTheSchema) {
    std::string request = R"({"schema":)" + std::string(kSchema) + R"(,"tools":)" + std::string(kTools) + "}";
    const wire::JsonValue body = parsed(request);
    const Expectation expected{
        .json_schema = body.find("schema"), .json_object = false, .tools = body.find("tools"), .previous_answer = {}};
    AnswerChoice choice;
    choice.content = "Let me look that up.";
    choice.tool_calls = {{"now", "{}"}};
    EXPECT_FALSE(structure_signal(choice, expected)->fatal);
}

TEST_F(Structure, BoundsTheReasonAndQuotesNoAnswerText) {
    const std::string long_name(500, 'n');
    const std::string tools = R"([{"type":"function","function":{"name":")" + long_name + R"(","parameters":{"required":[")" +
                              std::string(500, 'p') + R"("]}}}])";
    const Expectation expected{.json_schema = {}, .json_object = false, .tools = parsed(tools), .previous_answer = {}};
    EXPECT_LE(of_calls({{long_name, R"({"secret":"secret"})"}}, expected)->reason.size(), 200U);
    EXPECT_EQ(of_calls({{"secret", "{}"}}, expected)->reason.find("secret"), std::string::npos);
}

TEST(ExpectationOf, TakesFormAndTheLastAssistantTurnFromTheRequest) {
    wire::JsonParser parser;
    const auto body = parser.parse(R"({"messages":[{"role":"assistant","content":"first"},{"role":"user","content":"x"},
        {"role":"assistant","content":[{"type":"text","text":"sec"},{"type":"text","text":"ond"}]},{"role":"user","content":"y"}],
        "tools":[1],"schema":{}})");
    ASSERT_TRUE(body);
    dialect::ChatRequest request;
    request.messages = body->find("messages");
    request.tools = body->find("tools");
    request.json_schema = body->find("schema");
    request.wants_json_object = true;
    const Expectation expected = expectation_of(request);
    EXPECT_EQ(expected.previous_answer, "second");
    EXPECT_TRUE(expected.json_schema.is_object());
    EXPECT_TRUE(expected.tools.is_array());
    EXPECT_TRUE(expected.json_object);
}

TEST(ExpectationOf, BoundsThePreviousAnswer) {
    const std::string text = R"([{"role":"assistant","content":")" + std::string(20'000, 'a') + R"("}])";
    const std::string parts = R"([{"role":"assistant","content":[{"text":")" + std::string(6'000, 'a') + R"("},{"text":")" +
                              std::string(6'000, 'b') + R"("}]}])";
    for (const std::string& messages : {text, parts}) {
        wire::JsonParser parser;
        dialect::ChatRequest request;
        request.messages = *parser.parse(messages);
        EXPECT_EQ(expectation_of(request).previous_answer.size(), 8192U);
    }
}

}  // namespace
}  // namespace tierway::cascade
