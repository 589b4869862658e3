#include "tierway/cascade/json_schema.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace tierway::cascade {
namespace {

std::optional<std::string> violation_of(std::string_view value, std::string_view schema) {
    const wire::JsonLimits limits{.depth_max = 200};
    wire::JsonParser value_parser;
    wire::JsonParser schema_parser;
    const auto parsed_value = value_parser.parse(value, limits);
    const auto parsed_schema = schema_parser.parse(schema, limits);
    EXPECT_TRUE(parsed_value) << value;
    EXPECT_TRUE(parsed_schema) << schema;
    if (!parsed_value || !parsed_schema) {
        return "a document of the test is not JSON";
    }
    return schema_violation(*parsed_value, *parsed_schema);
}

struct Row {
    std::string_view name;
    std::string_view schema;
    std::string_view value;
    bool valid;
};

void check(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        const auto violation = violation_of(row.value, row.schema);
        EXPECT_EQ(!violation.has_value(), row.valid) << violation.value_or("no violation");
    }
}

TEST(SchemaViolation, JudgesTypes) {
    check({
        {"null is null", R"({"type":"null"})", "null", true},
        {"zero is not null", R"({"type":"null"})", "0", false},
        {"true is boolean", R"({"type":"boolean"})", "true", true},
        {"false is boolean", R"({"type":"boolean"})", "false", true},
        {"zero is not boolean", R"({"type":"boolean"})", "0", false},
        {"integer is a number", R"({"type":"number"})", "3", true},
        {"fraction is a number", R"({"type":"number"})", "3.5", true},
        {"digits in quotes are no number", R"({"type":"number"})", R"("3")", false},
        {"integer is an integer", R"({"type":"integer"})", "3", true},
        {"1.0 is an integer", R"({"type":"integer"})", "1.0", true},
        {"1e3 is an integer", R"({"type":"integer"})", "1e3", true},
        {"1.5 is no integer", R"({"type":"integer"})", "1.5", false},
        {"integer beyond 64 bits", R"({"type":"integer"})", "123456789012345678901234567890", true},
        {"string is a string", R"({"type":"string"})", R"("x")", true},
        {"array is no string", R"({"type":"string"})", "[]", false},
        {"array is an array", R"({"type":"array"})", "[]", true},
        {"object is no array", R"({"type":"array"})", "{}", false},
        {"object is an object", R"({"type":"object"})", "{}", true},
        {"null is no object", R"({"type":"object"})", "null", false},
        {"one of several types", R"({"type":["string","null"]})", "null", true},
        {"none of several types", R"({"type":["string","null"]})", "1", false},
        {"escaped type name", R"({"type":"str\u0069ng"})", "1", false},
        {"unknown type asserts nothing", R"({"type":"date"})", "1", true},
        {"unknown keyword asserts nothing", R"({"frobnicate":true})", "1", true},
        {"format is not asserted", R"({"type":"string","format":"date"})", R"("no date")", true},
    });
}

TEST(SchemaViolation, TreatsBooleanAndMalformedSchemas) {
    check({
        {"true allows", "true", "1", true},
        {"false forbids", "false", "1", false},
        {"empty schema allows", "{}", "[1]", true},
        {"a schema that is a number asserts nothing", "7", "1", true},
        {"a property forbidden by false", R"({"properties":{"a":false}})", R"({"a":1})", false},
        {"keywords of a wrong kind assert nothing", R"({"required":7,"enum":{},"properties":[],"anyOf":1,"minimum":"x"})", "1",
         true},
    });
    EXPECT_EQ(schema_violation({}, {}), std::nullopt);
}

TEST(SchemaViolation, ComparesByValue) {
    check({
        {"number equals its float form", R"({"enum":[1]})", "1.0", true},
        {"exponent form", R"({"const":100})", "1e2", true},
        {"minus zero", R"({"const":0})", "-0.0", true},
        {"number is not its digits", R"({"const":1})", R"("1")", false},
        {"true is not one", R"({"const":1})", "true", false},
        {"false is not null", R"({"const":null})", "false", false},
        {"large integers are exact", R"({"const":9007199254740993})", "9007199254740992", false},
        {"escaped string", R"({"enum":["caf\u00e9"]})", "\"caf\u00e9\"", true},
        {"case counts", R"({"enum":["Red"]})", R"("red")", false},
        {"second enum value", R"({"enum":["a","b"]})", R"("b")", true},
        {"not in the enum", R"({"enum":["a","b"]})", R"("c")", false},
        {"empty enum allows nothing", R"({"enum":[]})", "1", false},
        {"objects without order", R"({"const":{"a":1,"b":[2]}})", R"({"b":[2.0],"a":1})", true},
        {"objects with escaped keys", R"({"const":{"a":1}})", R"({"\u0061":1})", true},
        {"object with one member more", R"({"const":{"a":1}})", R"({"a":1,"b":2})", false},
        {"object with one member less", R"({"const":{"a":1,"b":2}})", R"({"a":1})", false},
        {"the last duplicate counts", R"({"const":{"x":{"a":1}}})", R"({"x":{"a":2,"a":1}})", true},
        {"arrays in order", R"({"const":[1,2]})", "[1,2]", true},
        {"arrays out of order", R"({"const":[1,2]})", "[2,1]", false},
        {"arrays of different length", R"({"const":[1,2]})", "[1]", false},
    });
}

TEST(SchemaViolation, BoundsNumbers) {
    check({
        {"at the minimum", R"({"minimum":3})", "3", true},
        {"under the minimum", R"({"minimum":3})", "2.9", false},
        {"above the exclusive minimum", R"({"exclusiveMinimum":3})", "3.1", true},
        {"at the exclusive minimum", R"({"exclusiveMinimum":3})", "3", false},
        {"at the maximum", R"({"maximum":3})", "3.0", true},
        {"over the maximum", R"({"maximum":3})", "3.1", false},
        {"under the exclusive maximum", R"({"exclusiveMaximum":3})", "2", true},
        {"at the exclusive maximum", R"({"exclusiveMaximum":3})", "3", false},
        {"bounds do not concern strings", R"({"minimum":3})", R"("1")", true},
        {"huge numbers exceed the maximum", R"({"maximum":3})", "1e999", false},
        {"a multiple", R"({"multipleOf":5})", "15", true},
        {"no multiple", R"({"multipleOf":5})", "16", false},
        {"a decimal multiple", R"({"multipleOf":0.1})", "0.3", true},
        {"no decimal multiple", R"({"multipleOf":0.1})", "0.35", false},
        {"zero divides nothing and asserts nothing", R"({"multipleOf":0})", "3", true},
        {"the least integer by minus one", R"({"multipleOf":-1})", "-9223372036854775808", true},
    });
}

TEST(SchemaViolation, BoundsStringsAndPatterns) {
    check({
        {"long enough", R"({"minLength":2})", R"("ab")", true},
        {"too short", R"({"minLength":2})", R"("a")", false},
        {"characters count, not bytes", R"({"maxLength":2})", "\"\u00e9\u00e9\"", true},
        {"escapes count as one", R"({"maxLength":1})", R"("\n")", true},
        {"too long", R"({"maxLength":2})", R"("abc")", false},
        {"lengths do not concern numbers", R"({"maxLength":1})", "1234", true},
        {"pattern found anywhere", R"({"pattern":"b+"})", R"("abbc")", true},
        {"each place has its own pattern", R"({"prefixItems":[{"pattern":"^x"},{"pattern":"^y"}]})", R"(["x","x"])", false},
        {"pattern not found", R"({"pattern":"^b"})", R"("abbc")", false},
        {"anchored pattern", R"({"pattern":"^\\d{4}-\\d{2}$"})", R"("2026-11")", true},
        {"anchored pattern broken", R"({"pattern":"^\\d{4}-\\d{2}$"})", R"("2026-11-01")", false},
        {"the end is the text's end", R"({"pattern":"^a$"})", R"("a\nb")", false},
        {"look-ahead is not asserted", R"({"pattern":"^(?=x)y"})", R"("z")", true},
        {"broken pattern is not asserted", R"({"pattern":"(["})", R"("z")", true},
    });
}

TEST(SchemaViolation, JudgesObjects) {
    check({
        {"required and there", R"({"required":["a"]})", R"({"a":null})", true},
        {"required and missing", R"({"required":["a","b"]})", R"({"a":1})", false},
        {"required under an escaped key", R"({"required":["a"]})", R"({"\u0061":1})", true},
        {"required does not concern arrays", R"({"required":["a"]})", "[]", true},
        {"property of the right type", R"({"properties":{"a":{"type":"string"}}})", R"({"a":"x"})", true},
        {"property of the wrong type", R"({"properties":{"a":{"type":"string"}}})", R"({"a":1})", false},
        {"an absent property is fine", R"({"properties":{"a":{"type":"string"}}})", "{}", true},
        {"additional allowed by default", R"({"properties":{"a":{}}})", R"({"b":1})", true},
        {"additional forbidden", R"({"properties":{"a":{}},"additionalProperties":false})", R"({"a":1,"b":1})", false},
        {"none additional", R"({"properties":{"a":{}},"additionalProperties":false})", R"({"a":1})", true},
        {"additional by schema", R"({"additionalProperties":{"type":"number"}})", R"({"b":1})", true},
        {"additional breaks its schema", R"({"additionalProperties":{"type":"number"}})", R"({"b":"1"})", false},
        {"pattern selects and holds", R"({"patternProperties":{"^n_":{"type":"number"}}})", R"({"n_a":1})", true},
        {"pattern selects and breaks", R"({"patternProperties":{"^n_":{"type":"number"}}})", R"({"n_a":"1"})", false},
        {"pattern does not select", R"({"patternProperties":{"^n_":{"type":"number"}}})", R"({"s_a":"1"})", true},
        {"selected is not additional", R"({"patternProperties":{"^n_":{}},"additionalProperties":false})", R"({"n_a":1})", true},
        {"unselected is additional", R"({"patternProperties":{"^n_":{}},"additionalProperties":false})", R"({"x":1})", false},
        {"unassertable pattern forgives", R"({"patternProperties":{"(?=x)y":{}},"additionalProperties":false})", R"({"y":1})",
         true},
        {"pattern applies to declared ones too", R"({"properties":{"n":{}},"patternProperties":{"n":false}})", R"({"n":1})",
         false},
        {"enough properties", R"({"minProperties":1})", R"({"a":1})", true},
        {"too few properties", R"({"minProperties":1})", "{}", false},
        {"too many properties", R"({"maxProperties":1})", R"({"a":1,"b":2})", false},
        {"nested objects", R"({"properties":{"a":{"properties":{"b":{"type":"null"}}}}})", R"({"a":{"b":0}})", false},
    });
}

TEST(SchemaViolation, JudgesArrays) {
    check({
        {"items hold", R"({"items":{"type":"number"}})", "[1,2]", true},
        {"an item breaks", R"({"items":{"type":"number"}})", R"([1,"2"])", false},
        {"no items allowed", R"({"items":false})", "[1]", false},
        {"an empty array has no items", R"({"items":false})", "[]", true},
        {"tuple holds", R"({"prefixItems":[{"type":"number"},{"type":"string"}]})", R"([1,"a",null])", true},
        {"tuple breaks", R"({"prefixItems":[{"type":"number"},{"type":"string"}]})", "[1,2]", false},
        {"short tuple", R"({"prefixItems":[{"type":"number"},{"type":"string"}]})", "[1]", true},
        {"closed tuple", R"({"prefixItems":[{}],"items":false})", "[1,2]", false},
        {"the rest of a tuple", R"({"prefixItems":[{}],"items":{"type":"string"}})", R"([1,"a"])", true},
        {"tuple of the older drafts", R"({"items":[{"type":"number"}]})", R"(["a"])", false},
        {"enough items", R"({"minItems":2})", "[1,2]", true},
        {"too few items", R"({"minItems":2})", "[1]", false},
        {"too many items", R"({"maxItems":1})", "[1,2]", false},
        {"different items", R"({"uniqueItems":true})", R"([1,"1",true,[1],{"a":1}])", true},
        {"equal numbers", R"({"uniqueItems":true})", "[1,2,1.0]", false},
        {"zero and minus zero", R"({"uniqueItems":true})", "[0,-0.0]", false},
        {"equal objects", R"({"uniqueItems":true})", R"([{"a":1,"b":2},{"b":2,"a":1}])", false},
        {"uniqueItems false asserts nothing", R"({"uniqueItems":false})", "[1,1]", true},
    });
}

TEST(SchemaViolation, CombinesSchemas) {
    check({
        {"all hold", R"({"allOf":[{"minimum":1},{"maximum":3}]})", "2", true},
        {"one of all breaks", R"({"allOf":[{"minimum":1},{"maximum":3}]})", "4", false},
        {"any holds", R"({"anyOf":[{"type":"string"},{"minimum":3}]})", "4", true},
        {"none of any holds", R"({"anyOf":[{"type":"string"},{"minimum":3}]})", "2", false},
        {"exactly one", R"({"oneOf":[{"type":"string"},{"minimum":3}]})", R"("x")", false},
        {"one of one", R"({"oneOf":[{"type":"string"},{"type":"number"}]})", "1", true},
        {"none of one", R"({"oneOf":[{"type":"string"},{"type":"null"}]})", "1", false},
        {"not holds", R"({"not":{"type":"string"}})", "1", true},
        {"not breaks", R"({"not":{"type":"string"}})", R"("x")", false},
        {"not not", R"({"not":{"not":{"type":"string"}}})", R"("x")", true},
        {"then", R"({"if":{"required":["a"]},"then":{"required":["b"]}})", R"({"a":1})", false},
        {"then holds", R"({"if":{"required":["a"]},"then":{"required":["b"]}})", R"({"a":1,"b":1})", true},
        {"else", R"({"if":{"required":["a"]},"else":{"required":["c"]}})", R"({"b":1})", false},
        {"then without a match", R"({"if":{"required":["a"]},"then":{"required":["b"]}})", "{}", true},
        {"if alone asserts nothing", R"({"if":false})", "1", true},
        {"nullable by anyOf", R"({"properties":{"a":{"anyOf":[{"type":"string"},{"type":"null"}]}}})", R"({"a":null})", true},
    });
}

TEST(SchemaViolation, FollowsLocalReferences) {
    check({
        {"into $defs", R"({"$ref":"#/$defs/x","$defs":{"x":{"type":"string"}}})", "1", false},
        {"into definitions", R"({"$ref":"#/definitions/x","definitions":{"x":{"type":"string"}}})", R"("s")", true},
        {"siblings count too", R"({"$ref":"#/$defs/x","minimum":3,"$defs":{"x":{"type":"number"}}})", "2", false},
        {"any pointer", R"({"properties":{"a":{"type":"null"},"b":{"$ref":"#/properties/a"}}})", R"({"b":1})", false},
        {"into an array", R"({"allOf":[{"type":"number"}],"properties":{"a":{"$ref":"#/allOf/0"}}})", "[]", false},
        {"tilde escapes", R"({"$ref":"#/$defs/a~1b~0c","$defs":{"a/b~c":false}})", "1", false},
        {"percent escapes", R"({"$ref":"#/$defs/a%20b%2Fc","$defs":{"a b":{"c":false}}})", "1", false},
        {"an empty key", R"({"$ref":"#/$defs/","$defs":{"":false}})", "1", false},
        {"a broken percent escape", R"({"$ref":"#/$defs/%4","$defs":{"%4":false}})", "1", false},
        {"leads nowhere", R"({"$ref":"#/$defs/y","$defs":{"x":false}})", "1", true},
        {"another document", R"({"$ref":"https://example.com/s.json"})", "1", true},
        {"an anchor", R"({"$ref":"#x"})", "1", true},
        {"recursion over the value", R"({"properties":{"next":{"$ref":"#"}},"required":["v"]})", R"({"v":1,"next":{"next":{}}})",
         false},
        {"recursion that ends", R"({"properties":{"next":{"$ref":"#"}},"required":["v"]})", R"({"v":1,"next":{"v":2}})", true},
    });
}

TEST(SchemaViolation, ReportsTheCombinationAndNotItsBranches) {
    EXPECT_EQ(violation_of("1", R"({"anyOf":[{"type":"string"},{"type":"null"}]})"),
              "(root): satisfies none of the schemas of `anyOf`");
    EXPECT_EQ(violation_of("1", R"({"if":{"type":"string"},"else":{"minimum":3}})"), "(root): is less than `minimum`");
}

TEST(SchemaViolation, SaysWhereAndWhy) {
    const std::string_view schema = R"({"type":"object","required":["items"],"properties":{"items":{"type":"array","items":{
        "properties":{"price":{"type":"number"},"a/b~":{"enum":["x"]}},"additionalProperties":{"type":"null"}}}}})";
    const std::vector<std::pair<std::string_view, std::string_view>> rows = {
        {R"({"items":[{"price":"9"}]})", "/items/0/price: is a string, must be of type number"},
        {R"({"items":[{},{"a/b~":"secret"}]})", "/items/1/a~1b~0: is none of the values of `enum`"},
        {R"({"items":[{"secret":"secret"}]})", "/items/0/*: is a string, must be of type null"},
        {R"({"secret":1})", "(root): misses the required property `items`"},
        {R"([])", "(root): is an array, must be of type object"},
    };
    for (const auto& [value, message] : rows) {
        SCOPED_TRACE(value);
        EXPECT_EQ(violation_of(value, schema), message);
    }
}

}  // namespace
}  // namespace tierway::cascade
