#include "tierway/wire/json_view.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace tierway::wire {
namespace {

/// The root of a text that must be valid.
JsonValue parse(JsonParser& parser, std::string_view text, const JsonLimits& limits = {}) {
    const Result<JsonValue> parsed = parser.parse(text, limits);
    EXPECT_TRUE(parsed.has_value()) << (parsed.has_error() ? parsed.error().message() : "");
    return parsed.has_value() ? *parsed : JsonValue();
}

std::string refusal(std::string_view text, const JsonLimits& limits = {}) {
    JsonParser parser;
    const Result<JsonValue> parsed = parser.parse(text, limits);
    return parsed.has_error() ? std::string(parsed.error().message()) : "accepted";
}

TEST(JsonView, KnowsEveryKind) {
    JsonParser parser;
    const JsonValue root = parse(parser, R"([null,false,true,-1,"s",[],{}])");
    const std::vector<JsonKind> kinds = {JsonKind::Null,   JsonKind::False, JsonKind::True,  JsonKind::Number,
                                         JsonKind::String, JsonKind::Array, JsonKind::Object};
    ASSERT_EQ(root.size(), kinds.size());
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        EXPECT_EQ(root.at(i).kind(), kinds[i]) << i;
    }
    EXPECT_FALSE(root.at(kinds.size()).exists());
    EXPECT_EQ(root.at(1).boolean(), false);
    EXPECT_EQ(root.at(2).boolean(), true);
    EXPECT_EQ(root.at(0).boolean(), std::nullopt);
    EXPECT_TRUE(root.at(0).is_null());
}

TEST(JsonView, LookUpsChainThroughMissingValues) {
    JsonParser parser;
    const JsonValue root = parse(parser, R"({"a":{"b":[{"c":7}]}})");
    EXPECT_EQ(root.find("a").find("b").at(0).find("c").integer(), 7);
    const JsonValue missing = root.find("x").find("y").at(3).find("z");
    std::string scratch = "untouched";
    EXPECT_FALSE(missing.exists());
    EXPECT_EQ(missing.raw(), "");
    EXPECT_EQ(missing.range().size(), 0U);
    EXPECT_EQ(missing.member_range().size(), 0U);
    EXPECT_EQ(missing.size(), 0U);
    EXPECT_EQ(missing.begin(), missing.end());
    EXPECT_EQ(missing.integer(), std::nullopt);
    EXPECT_EQ(missing.number(), std::nullopt);
    EXPECT_EQ(missing.boolean(), std::nullopt);
    EXPECT_EQ(missing.string(scratch), "");
    EXPECT_EQ(missing.key(scratch), "");
    EXPECT_EQ(missing.to_string(), "");
    EXPECT_FALSE(missing.string_is(""));
    EXPECT_FALSE(missing.key_is(""));
    missing.append_string(scratch, 10);
    EXPECT_EQ(scratch, "untouched");
}

TEST(JsonView, GivesTheBytesOfAValueAndOfItsMember) {
    const std::string_view text = R"( { "a" : [ 1 , "x" ] , "b":{"c":null} } )";
    JsonParser parser;
    const JsonValue root = parse(parser, text);
    const auto at = [text](ByteRange range) { return text.substr(range.begin, range.size()); };
    EXPECT_EQ(root.raw(), R"({ "a" : [ 1 , "x" ] , "b":{"c":null} })");
    EXPECT_EQ(root.find("a").raw(), R"([ 1 , "x" ])");
    EXPECT_EQ(at(root.find("a").range()), R"([ 1 , "x" ])");
    EXPECT_EQ(at(root.find("a").member_range()), R"("a" : [ 1 , "x" ])");
    EXPECT_EQ(root.find("a").at(1).raw(), R"("x")");
    EXPECT_EQ(at(root.find("a").at(1).member_range()), R"("x")");
    EXPECT_EQ(at(root.find("b").find("c").member_range()), R"("c":null)");
    EXPECT_EQ(root.find("a").raw().data(), text.data() + root.find("a").range().begin);
}

TEST(JsonView, IteratesInOrder) {
    JsonParser parser;
    const JsonValue root = parse(parser, R"({"a":{"x":[1,2]},"b":[],"c":{},"d":3})");
    std::string keys;
    std::string scratch;
    for (const JsonValue member : root) {
        keys += member.key(scratch);
    }
    EXPECT_EQ(keys, "abcd");
    EXPECT_EQ(root.size(), 4U);
    EXPECT_EQ(root.find("b").size(), 0U);
    EXPECT_EQ(root.find("c").begin(), root.find("c").end());
    EXPECT_EQ(root.find("d").size(), 0U);
    EXPECT_EQ(root.at(3).integer(), 3);
}

TEST(JsonView, ComparesKeysUnescaped) {
    JsonParser parser;
    const JsonValue root = parse(parser, R"([{"m\u006fdel":1,"\ud83d\ude00":2,"plain":3}])").at(0);
    EXPECT_EQ(root.find("model").integer(), 1);
    EXPECT_EQ(root.find("\xf0\x9f\x98\x80").integer(), 2);
    EXPECT_FALSE(root.find(R"(m\u006fdel)").exists());
    EXPECT_FALSE(root.find("mode").exists());
    EXPECT_FALSE(root.find("modell").exists());
    EXPECT_FALSE(root.find("").exists());
    std::string scratch;
    EXPECT_EQ(root.at(0).key(scratch), "model");
    EXPECT_EQ(root.at(2).key(scratch), "plain");
    EXPECT_TRUE(root.at(2).key_is("plain"));
}

TEST(JsonView, FindsTheLastOfDuplicatesBelowTheRoot) {
    JsonParser parser;
    const JsonValue inner = parse(parser, R"({"o":{"a":1,"b":0,"\u0061":2}})").find("o");
    EXPECT_EQ(inner.find("a").integer(), 2);
    EXPECT_EQ(inner.size(), 3U);
}

TEST(JsonView, UnescapesStrings) {
    const std::vector<std::pair<std::string_view, std::string>> cases = {
        {R"("")", ""},
        {R"("plain")", "plain"},
        {R"("\"\\\/\b\f\n\r\t")", "\"\\/\b\f\n\r\t"},
        {R"("a\nb\nc")", "a\nb\nc"},
        {R"("\u0041\u00e9\u20ac")", "A\xc3\xa9\xe2\x82\xac"},
        {R"("\ud83d\ude00!")", "\xf0\x9f\x98\x80!"},
        {R"("\uDBFF\uDFFF")", "\xf4\x8f\xbf\xbf"},
        {R"("\u0000")", std::string(1, '\0')},
        {R"("\ud800")", "\xef\xbf\xbd"},
        {R"("\udfff")", "\xef\xbf\xbd"},
        {R"("\ud800x")", "\xef\xbf\xbdx"},
        {R"("\ud800\n")", "\xef\xbf\xbd\n"},
        {R"("\ud800\u0041")",
         "\xef\xbf\xbd"
         "A"},
        {R"("\ud800\ud83d\ude00")", "\xef\xbf\xbd\xf0\x9f\x98\x80"},
        {R"("\ude00\ud83d")", "\xef\xbf\xbd\xef\xbf\xbd"},
        {R"("\udc00\udc00")", "\xef\xbf\xbd\xef\xbf\xbd"},
        {R"("\ud800\ud800")", "\xef\xbf\xbd\xef\xbf\xbd"},
        {R"("\\u0041")", "\\u0041"},
        {R"("\uffff\uFFFF")", "\xef\xbf\xbf\xef\xbf\xbf"},
    };
    for (const auto& [text, expected] : cases) {
        SCOPED_TRACE(text);
        JsonParser parser;
        std::string scratch = "old";
        const JsonValue value = parse(parser, text);
        EXPECT_EQ(value.string(scratch), expected);
        EXPECT_EQ(value.to_string(), expected);
        EXPECT_TRUE(value.string_is(expected));
        EXPECT_FALSE(value.string_is(expected + "x"));
        if (!expected.empty()) {
            EXPECT_FALSE(value.string_is(std::string_view(expected).substr(0, expected.size() - 1)));
        }
    }
}

TEST(JsonView, GivesAViewOfTheTextForAStringWithoutEscapes) {
    const std::string_view text = R"(["plain","esc\n"])";
    JsonParser parser;
    const JsonValue root = parse(parser, text);
    std::string scratch;
    EXPECT_EQ(root.at(0).string(scratch).data(), text.data() + 2);
    EXPECT_TRUE(scratch.empty());
    EXPECT_EQ(root.at(1).string(scratch).data(), scratch.data());
}

TEST(JsonView, AppendsAtMostTheBytesAskedForAndOnlyWholeCharacters) {
    std::vector<std::string> texts = {R"("abcdef")", R"("a\nb\u20acc\ud83d\ude00\n")",
                                      "\"a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z\"",
                                      "\"\\n\xe2\x82\xac\xe2\x82\xac\\u00e9\xc3\xa9\"", R"("")"};
    // Long ones are copied in blocks: everything at every place of one.
    for (std::size_t plain = 0; plain < 17; ++plain) {
        std::string text = "\"";
        for (const std::string_view piece : {"\\n", "\xe2\x82\xac", "\\u20ac", "\\\\", "\xf0\x9f\x98\x80\xf0\x9f\x98\x80",
                                             "\\ud83d\\ude00", "\xc3\xa9"}) {
            text.append(plain, 'p').append(piece);
        }
        texts.push_back(text + text.substr(1) + "\"");
    }
    for (const std::string& text : texts) {
        SCOPED_TRACE(text);
        JsonParser parser;
        const JsonValue value = parse(parser, text);
        const std::string whole = value.to_string();
        for (std::size_t bytes_max = 0; bytes_max <= whole.size() + 2; ++bytes_max) {
            std::size_t expected = std::min(bytes_max, whole.size());
            while (expected < whole.size() && (static_cast<unsigned char>(whole[expected]) & 0xC0U) == 0x80) {
                --expected;
            }
            std::string out = "x";
            value.append_string(out, bytes_max);
            EXPECT_EQ(out, "x" + whole.substr(0, expected)) << bytes_max;
        }
    }
}

TEST(JsonView, ReadsIntegersThatAreWrittenAsSuchAndFit) {
    const std::vector<std::pair<std::string_view, std::optional<std::int64_t>>> cases = {
        {"0", 0},
        {"-0", 0},
        {"42", 42},
        {"-17", -17},
        {"9223372036854775807", std::numeric_limits<std::int64_t>::max()},
        {"-9223372036854775808", std::numeric_limits<std::int64_t>::min()},
        {"9223372036854775808", std::nullopt},
        {"-9223372036854775809", std::nullopt},
        {"123456789012345678901234567890", std::nullopt},
        {"1.0", std::nullopt},
        {"1e2", std::nullopt},
        {R"("1")", std::nullopt},
        {"true", std::nullopt},
    };
    for (const auto& [text, expected] : cases) {
        SCOPED_TRACE(text);
        JsonParser parser;
        EXPECT_EQ(parse(parser, text).integer(), expected);
    }
}

TEST(JsonView, ReadsNumbersAsDoubles) {
    const double infinity = std::numeric_limits<double>::infinity();
    const std::vector<std::pair<std::string_view, std::optional<double>>> cases = {
        {"0", 0.0},
        {"0.1", 0.1},
        {"-2.5e-3", -2.5e-3},
        {"1E2", 100.0},
        {"123456789012345678901234567890", 123456789012345678901234567890.0},
        {"1.7976931348623157e308", 1.7976931348623157e308},
        {"1e309", infinity},
        {"-1e309", -infinity},
        {"1e99999999999999999999999", infinity},
        {"0.000000001e400", infinity},
        {"1e-99999999999999999999999", 0.0},
        {"-1e-400", 0.0},
        {"0e999999", 0.0},
        {"123e-400", 0.0},
        {"\"1\"", std::nullopt},
        {"null", std::nullopt},
    };
    for (const auto& [text, expected] : cases) {
        SCOPED_TRACE(text);
        JsonParser parser;
        EXPECT_EQ(parse(parser, text).number(), expected);
    }
    JsonParser parser;
    const std::string thousand_digits = "1" + std::string(1'000, '0');
    EXPECT_EQ(parse(parser, thousand_digits).number(), infinity);
    EXPECT_EQ(parse(parser, "0." + thousand_digits).number(), 0.1);
    EXPECT_EQ(parse(parser, thousand_digits + "e-1000").number(), 1.0);
    const std::string many_zeros = "0." + std::string(1'000, '0') + "1";
    EXPECT_EQ(parse(parser, many_zeros).number(), 0.0);
}

TEST(JsonView, BoundsTheDepth) {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_EQ(refusal(nested(64)), "accepted");
    EXPECT_EQ(refusal(nested(65)), "The JSON is invalid at byte 64: objects and arrays are nested more than 64 deep.");
    EXPECT_EQ(refusal(R"({"a":{"a":1}})", {.depth_max = 2}), "accepted");
    EXPECT_NE(refusal(R"({"a":{"a":[]}})", {.depth_max = 2}), "accepted");
    EXPECT_EQ(refusal("1", {.depth_max = 0}), "accepted");
    EXPECT_EQ(refusal("[[],[],[[]]]", {.depth_max = 3}), "accepted");
}

TEST(JsonView, SurvivesAMillionOpenBrackets) {
    EXPECT_NE(refusal(std::string(1'000'000, '[')), "accepted");
    EXPECT_NE(refusal(std::string(1'000'000, '['), {.depth_max = 10'000'000, .values_max = 10'000'000}), "accepted");
    const std::string deep = std::string(500'000, '[') + std::string(500'000, ']');
    EXPECT_EQ(refusal(deep, {.depth_max = 500'000}), "accepted");
}

TEST(JsonView, BoundsTheNumberOfValues) {
    EXPECT_EQ(refusal("[1,2,3]", {.values_max = 4}), "accepted");
    EXPECT_EQ(refusal("[1,2,3]", {.values_max = 3}), "The JSON is invalid at byte 5: the text holds more than 3 values.");
}

TEST(JsonView, BoundsTheBytes) {
    EXPECT_EQ(refusal("[1,2]", {.bytes_max = 5}), "accepted");
    EXPECT_EQ(refusal("[1,2]", {.bytes_max = 4}), "The JSON is invalid at byte 4: the text is longer than 4 bytes.");
}

TEST(JsonView, SaysWhatIsWrongAndWhere) {
    const std::vector<std::pair<std::string_view, std::string_view>> cases = {
        {"", "at byte 0: the text is empty."},
        {" \n", "at byte 0: the text holds nothing but white space."},
        {"\xef\xbb\xbf{}", "at byte 0: the text starts with a byte order mark, which must be left out."},
        {"{\"a\":\"x\xff\"}", "at byte 7: invalid UTF-8."},
        {"[\"a\nb\"]", "at byte 3: a raw control character in a string; write it as an escape."},
        {R"({"a":"b)", "at byte 5: a string that does not end."},
        {R"(["\q"])", "at byte 2: an invalid escape; write \\\\ for a backslash."},
        {R"([\"a"])", "at byte 1: here a value was expected; a backslash may stand only in a string."},
        {"[1,2", "at byte 4: the text ends where ',' or ']' was expected."},
        {R"({"a")", "at byte 4: the text ends where ':' after the key was expected."},
        {"[1,]", "at byte 3: here a value was expected; is there a comma too many before it?"},
        {R"({"a":1,})", "at byte 7: here a key in double quotes was expected; is there a comma too many before it?"},
        {"{'a':1}", "at byte 1: here a key in double quotes was expected; strings need double quotes."},
        {R"({"a":1 "b":2})", "at byte 7: here ',' or '}' was expected."},
        {R"({"a" 1})", "at byte 5: here ':' after the key was expected."},
        {"[True]", "at byte 1: here a value was expected; the literals are true, false and null."},
        {"[01]", "at byte 1: a malformed number."},
        {"[nil]", "at byte 1: an unknown literal; the literals are true, false and null."},
        {"{} x", "at byte 3: the text goes on after the end of its value."},
        {R"([1] // x)", "at byte 4: the text goes on after the end of its value."},
        {R"({"model":1,"m\u006fdel":2})",
         "at byte 11: a key of the outermost object that was given before; each may stand there once."},
    };
    for (const auto& [text, expected] : cases) {
        SCOPED_TRACE(text);
        const std::string message = refusal(text);
        const std::string wanted = "The JSON is invalid " + std::string(expected);
        EXPECT_TRUE(message == wanted || message == wanted + ".") << message;
    }
}

TEST(JsonView, RefusesADuplicateAmongManyRootKeys) {
    // Comparing each key with every other would take minutes here.
    constexpr int kKeys = 100'000;
    std::string text = "{";
    for (int i = 0; i < kKeys; ++i) {
        text += (i % 2 == 0 ? "\"key" : "\"\\u006bey") + std::to_string(i) + "\":0,";
    }
    const std::string unique = text + "\"last\":0}";
    const std::string duplicate = text + "\"key77777\":0}";
    EXPECT_EQ(refusal(unique), "accepted");
    EXPECT_NE(refusal(duplicate).find("at byte " + std::to_string(text.size())), std::string::npos);
}

TEST(JsonView, FindsADuplicateAtEveryNumberOfKeys) {
    for (int keys = 1; keys < 40; ++keys) {
        for (int repeated = 0; repeated < keys; ++repeated) {
            std::string text = "{";
            for (int i = 0; i < keys; ++i) {
                text += "\"k" + std::to_string(i) + "\":0,";
            }
            ASSERT_EQ(refusal(text + "\"other\":0}"), "accepted");
            ASSERT_NE(refusal(text + "\"k" + std::to_string(repeated) + "\":0}"), "accepted") << keys << " " << repeated;
        }
    }
}

TEST(JsonView, ParsesAgainWithTheSameParser) {
    JsonParser parser;
    for (int round = 0; round < 3; ++round) {
        EXPECT_EQ(parse(parser, "[1,2,3]").size(), 3U);
        EXPECT_TRUE(parser.parse("[1,2,").has_error());
        EXPECT_EQ(parse(parser, R"({"a":1})").find("a").integer(), 1);
        const std::string large = "[\"" + std::string(100'000, 'x') + "\"]";
        EXPECT_EQ(parse(parser, large).at(0).raw().size(), 100'002U);
        EXPECT_TRUE(parser.parse(R"({"a":1,"a":1})").has_error());
    }
}

TEST(JsonView, KeepsItsValuesWhenTheParserMoves) {
    const std::string_view text = R"({"a":"x"})";
    JsonParser first;
    const JsonValue root = parse(first, text);
    JsonParser second = std::move(first);
    EXPECT_TRUE(root.find("a").string_is("x"));
    JsonParser third;
    EXPECT_EQ(parse(third, "[1]").size(), 1U);
    third = std::move(second);
    EXPECT_TRUE(root.find("a").string_is("x"));
}

TEST(JsonView, ReadsTextsOfEverySizeAroundItsCapacity) {
    JsonParser parser;
    for (std::size_t size = 2; size < 9'000; size += size % 64 == 62 || size % 64 < 3 ? 1 : 7) {
        const std::string text = "\"" + std::string(size - 2, 'x') + "\"";
        ASSERT_EQ(parse(parser, text).raw().size(), size);
    }
    for (std::size_t size = 4'000; size < 4'200; ++size) {
        JsonParser fresh;
        const std::string brackets = "[" + std::string(size, ' ') + "1]";
        ASSERT_EQ(parse(fresh, brackets).at(0).integer(), 1);
        std::string elements = "[0";
        while (elements.size() < size) {
            elements += ",1";
        }
        ASSERT_EQ(parse(fresh, elements + "]").size(), (elements.size() - 1 + 1) / 2);
    }
}

}  // namespace
}  // namespace tierway::wire
