#include "simulator/schema_instance.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tierway::simulator {
namespace {

using nlohmann::json;

json made(const std::string& schema, const std::string& question = "What is 6*7?") {
    return instance_of(json::parse(schema), Material(question));
}

TEST(SchemaInstance, FillsFieldsFromTheQuestion) {
    const json instance =
        made(R"({"type":"object","properties":{"emails":{"type":"array","items":{"type":"string","format":"email"}},
                                   "first_name":{"type":"string"}},"required":["emails"]})",
             "Extract the emails: write to Ada at ada@example.org or bob@example.com");
    EXPECT_EQ(instance["emails"], json::parse(R"(["ada@example.org","bob@example.com"])"));
    EXPECT_EQ(instance["first_name"], "Ada");
    EXPECT_EQ(made(R"({"type":"string","enum":["negative","neutral","positive"]})", "Classify the sentiment: great"), "positive");
}

TEST(SchemaInstance, ObeysEachKeyword) {
    struct Case {
        const char* schema;
        const char* instance;
    };
    const Case cases[] = {
        {R"({"const":5})", "5"},
        {R"({"enum":["a","b"]})", R"("a")"},
        {R"({"type":"integer"})", "42"},
        {R"({"type":"integer","maximum":10})", "10"},
        {R"({"type":"integer","exclusiveMinimum":50})", "51"},
        {R"({"type":"integer","multipleOf":5})", "45"},
        {R"({"type":"boolean"})", "true"},
        {R"({"type":"null"})", "null"},
        {R"({"type":["null","integer"]})", "42"},
        {R"({"type":"string"})", R"("42")"},
        {R"({"type":"string","minLength":4})", R"("42xx")"},
        {R"({"type":"string","maxLength":1})", R"("4")"},
        {R"({"type":"string","format":"date"})", R"("2026-01-01")"},
        {R"({"type":"array","items":{"type":"integer"},"minItems":2})", "[42,42]"},
        {R"({"type":"array","items":{"type":"integer"},"maxItems":0})", "[]"},
        {R"({"type":"array","prefixItems":[{"type":"boolean"},{"type":"null"}]})", "[true,null]"},
        {R"({"anyOf":[{"type":"null"},{"type":"integer"}]})", "null"},
        {R"({"allOf":[{"properties":{"a":{"type":"integer"}}},{"required":["a"]}]})", R"({"a":42})"},
        {R"({"$ref":"#/$defs/x","$defs":{"x":{"type":"integer"}}})", "42"},
        {R"({"required":["a"]})", R"({"a":"42"})"},
    };
    for (const Case& one : cases) {
        SCOPED_TRACE(one.schema);
        EXPECT_EQ(made(one.schema), json::parse(one.instance));
    }
}

TEST(SchemaInstance, EndsForSchemasThatReferToThemselves) {
    EXPECT_TRUE(
        made(
            R"({"type":"object","properties":{"next":{"anyOf":[{"$ref":"#"},{"type":"null"}]},"kids":{"type":"array","items":{"$ref":"#"}}},
                        "required":["next","kids"]})")
            .is_object());
    made(R"({"$ref":"#"})");
    made(R"({"allOf":[{"$ref":"#"},{"$ref":"#"}]})");
    made(R"({"type":"array","minItems":64,"items":{"$ref":"#"}})");
    made(R"({"$ref":"#/nowhere/at/all"})");
}

TEST(SchemaInstance, SurvivesSchemasThatAreNone) {
    for (const char* schema :
         {"{}", "true", "[]", "5", R"("x")", "null", R"({"type":7})", R"({"type":[]})", R"({"enum":[]})", R"({"anyOf":[]})",
          R"({"required":[1]})", R"({"properties":5})", R"({"type":"array","items":5})", R"({"type":"integer","minimum":1e300})",
          R"({"allOf":[7]})", R"({"properties":5,"allOf":[{"properties":{"a":{}}}]})",
          R"({"type":"integer","multipleOf":1e-300})"}) {
        SCOPED_TRACE(schema);
        made(schema);
        broken_instance_of(json::parse(schema), Material(""));
    }
}

TEST(SchemaInstance, BreaksTheSchemaWhenWrong) {
    const Material material("What is 6*7?");
    const auto broken = [&material](const char* schema) { return broken_instance_of(json::parse(schema), material); };
    EXPECT_EQ(broken(R"({"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"required":["a","b"]})"),
              R"({"a":42})");
    EXPECT_EQ(broken(R"({"type":"string"})"), "17");
    EXPECT_TRUE(json::parse(broken(R"({"type":"object"})")).is_string());
    EXPECT_TRUE(json::parse(broken(R"({"enum":["alpha"]})"), nullptr, false).is_discarded());
    EXPECT_TRUE(json::parse(broken("{}"), nullptr, false).is_discarded() || json::parse(broken("{}")).is_number());
}

}  // namespace
}  // namespace tierway::simulator
