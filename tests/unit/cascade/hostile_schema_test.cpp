// Schemas and values made to hang, overflow or exhaust a validator: each must be over at once, with "valid" where it is
// undecided.
#include <gtest/gtest.h>

#include <ctime>
#include <string>

#include "tierway/cascade/json_schema.hpp"

namespace tierway::cascade {
namespace {

// Far above what any of these takes (at most some tens of milliseconds; more under sanitizers), far below what an unbounded check
// would. Processor time, so that a busy machine does not fail the test.
constexpr double kAtOnceSeconds = 1.0;

double processor_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

std::optional<std::string> violation_at_once(const std::string& value, const std::string& schema) {
    const wire::JsonLimits limits{.depth_max = 30'000};
    wire::JsonParser value_parser;
    wire::JsonParser schema_parser;
    const auto parsed_value = value_parser.parse(value, limits);
    const auto parsed_schema = schema_parser.parse(schema, limits);
    EXPECT_TRUE(parsed_value);
    EXPECT_TRUE(parsed_schema);
    if (!parsed_value || !parsed_schema) {
        return "a document of the test is not JSON";
    }
    const double start = processor_seconds();
    auto violation = schema_violation(*parsed_value, *parsed_schema);
    EXPECT_LT(processor_seconds() - start, kAtOnceSeconds);
    return violation;
}

std::string repeated(std::string_view text, std::size_t times) {
    std::string all;
    all.reserve(text.size() * times);
    for (std::size_t i = 0; i < times; ++i) {
        all += text;
    }
    return all;
}

/// "0,1,2,…", each between `before` and `after`.
std::string counted(std::size_t count, std::string_view before, std::string_view after) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i) {
        all += i == 0 ? "" : ",";
        all += before;
        all += std::to_string(i);
        all += after;
    }
    return all;
}

TEST(HostileSchema, ReferenceCyclesEnd) {
    EXPECT_EQ(violation_at_once("1", R"({"$ref":"#"})"), std::nullopt);
    EXPECT_EQ(violation_at_once("1", R"({"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}})"),
              std::nullopt);
    EXPECT_EQ(violation_at_once("1", R"({"allOf":[{"$ref":"#"},{"$ref":"#"}]})"), std::nullopt);
    EXPECT_EQ(violation_at_once("1", R"({"anyOf":[{"not":{"$ref":"#"}},{"not":{"$ref":"#"}}]})"), std::nullopt);
    EXPECT_EQ(violation_at_once("1", R"({"not":{"$ref":"#"}})"), std::nullopt);
}

TEST(HostileSchema, ExponentialBranchingIsBounded) {
    std::string schema = R"({"$ref":"#/$defs/d0","$defs":{)";
    for (int level = 0; level < 60; ++level) {
        const std::string next = R"({"$ref":"#/$defs/d)" + std::to_string(level + 1) + R"("})";
        schema += "\"d" + std::to_string(level) + R"(":{"allOf":[)" + next + "," + next + "]},";
    }
    schema += R"("d60":{}}})";
    EXPECT_EQ(violation_at_once("1", schema), std::nullopt);
}

TEST(HostileSchema, DeepNestingIsBounded) {
    constexpr std::size_t kLevels = 10'000;
    EXPECT_EQ(violation_at_once("1", repeated(R"({"allOf":[)", kLevels) + "false" + repeated("]}", kLevels)), std::nullopt);
    EXPECT_EQ(violation_at_once("1", repeated(R"({"not":)", kLevels) + "true" + repeated("}", kLevels)), std::nullopt);
    const std::string deep = repeated("[", kLevels) + repeated("]", kLevels);
    EXPECT_EQ(violation_at_once(deep, R"({"const":)" + deep + "}"), std::nullopt);
    EXPECT_EQ(violation_at_once("[" + deep + "," + deep + "]", R"({"uniqueItems":true})"), std::nullopt);
}

TEST(HostileSchema, BacktrackingPatternsRunInLinearTime) {
    const std::string text = "\"" + std::string(50'000, 'a') + "!\"";
    EXPECT_NE(violation_at_once(text, R"({"pattern":"^(a+)+$"})"), std::nullopt);
    EXPECT_NE(violation_at_once(text, R"({"pattern":"^(a|aa)+$"})"), std::nullopt);
}

TEST(HostileSchema, OversizedPatternsAreNotAsserted) {
    const std::string text = "\"" + std::string(50'000, 'a') + "\"";
    EXPECT_EQ(violation_at_once(text, R"({"pattern":"((x{100}){100}){100}"})"), std::nullopt);
    EXPECT_EQ(violation_at_once(text, R"({"pattern":")" + std::string(100'000, 'b') + "\"}"), std::nullopt);
    EXPECT_EQ(violation_at_once(text, R"({"pattern":"(a|b)*b(a|b){900}$"})"), std::nullopt);
}

TEST(HostileSchema, ManyPatternsAreBounded) {
    EXPECT_EQ(violation_at_once(R"({"k":1})", R"({"patternProperties":{)" + counted(20'000, "\"(x|y|zz){900}", "\":{}") + "}}"),
              std::nullopt);
}

TEST(HostileSchema, HugeEnumsAreSearched) {
    const std::string schema = R"({"enum":[)" + counted(50'000, "", "") + "]}";
    EXPECT_EQ(violation_at_once("49999", schema), std::nullopt);
    EXPECT_NE(violation_at_once("-1", schema), std::nullopt);
}

TEST(HostileSchema, ManyItemsAreComparedWithoutSquaring) {
    const std::string unique = "[" + counted(10'000, R"({"id":)", "}") + "]";
    EXPECT_EQ(violation_at_once(unique, R"({"uniqueItems":true})"), std::nullopt);
    std::string doubled = unique;
    doubled.insert(doubled.size() - 1, R"(,{"id":77.0})");
    EXPECT_NE(violation_at_once(doubled, R"({"uniqueItems":true})"), std::nullopt);
}

TEST(HostileSchema, WideObjectsAreBounded) {
    const std::string wide = "{" + counted(20'000, "\"k", "\":1") + "}";
    EXPECT_EQ(violation_at_once(wide, R"({"const":)" + wide + "}"), std::nullopt);
    EXPECT_EQ(violation_at_once(wide, R"({"required":[)" + counted(20'000, "\"k", "\"") + "]}"), std::nullopt);
    EXPECT_EQ(violation_at_once(wide, R"({"properties":{)" + counted(20'000, "\"q", "\":false") + "}}"), std::nullopt);
}

TEST(HostileSchema, RealisticSizesStayInsideTheBudget) {
    const std::string schema = R"({"type":"object","properties":{"rows":{"type":"array","items":{"type":"object","properties":{
        "id":{"type":"integer"},"name":{"type":"string","pattern":"^n[0-9]+$"},"kind":{"enum":["a","b","c"]},
        "note":{"type":["string","null"]}},
        "required":["id","name","kind","note"],"additionalProperties":false}}},"required":["rows"],"additionalProperties":false})";
    const std::string good = counted(1'000, R"({"name":"n1","kind":"c","note":null,"id":)", "}");
    EXPECT_EQ(violation_at_once(R"({"rows":[)" + good + "]}", schema), std::nullopt);
    // The fault in the very last row is still found: the budget was not used up before.
    EXPECT_EQ(violation_at_once(R"({"rows":[)" + good + R"(,{"name":"n1","kind":"d","note":null,"id":1}]})", schema),
              "/rows/1000/kind: is none of the values of `enum`");
}

}  // namespace
}  // namespace tierway::cascade
