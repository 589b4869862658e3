#include "tierway/wire/edits.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>

namespace tierway::wire {
namespace {

std::string join(const std::vector<std::string_view>& pieces) {
    std::string text;
    for (const std::string_view piece : pieces) {
        EXPECT_FALSE(piece.empty());
        text += piece;
    }
    return text;
}

std::string edited_text(Edits& edits, std::string_view original) {
    std::vector<std::string_view> pieces;
    edits.gather(original, pieces);
    const std::string text = join(pieces);
    EXPECT_EQ(edits.edited_size(original.size()), text.size());
    std::string appended = "before ";
    edits.append_edited(original, appended);
    EXPECT_EQ(appended, "before " + text);
    return text;
}

TEST(Edits, LeaveTheTextAloneWhenThereAreNone) {
    Edits edits;
    EXPECT_TRUE(edits.empty());
    EXPECT_EQ(edited_text(edits, "abc"), "abc");
    EXPECT_EQ(edited_text(edits, ""), "");
}

TEST(Edits, ReplaceARange) {
    Edits edits;
    edits.replace({1, 3}, "XYZ");
    EXPECT_FALSE(edits.empty());
    EXPECT_EQ(edited_text(edits, "abcd"), "aXYZd");
}

TEST(Edits, ReplaceAtBothEndsAndTheWhole) {
    Edits ends;
    ends.replace({3, 4}, "D");
    ends.replace({0, 1}, "A");
    EXPECT_EQ(edited_text(ends, "abcd"), "AbcD");
    Edits whole;
    whole.replace({0, 4}, "");
    EXPECT_EQ(edited_text(whole, "abcd"), "");
}

TEST(Edits, DoNotDependOnTheOrderOfCalls) {
    Edits edits;
    edits.replace({4, 5}, "E");
    edits.insert(2, "-");
    edits.replace({0, 2}, "AB");
    EXPECT_EQ(edited_text(edits, "abcde"), "AB-cdE");
}

TEST(Edits, KeepTheOrderOfInsertionsAtOneOffset) {
    Edits edits;
    edits.insert(1, "1");
    edits.insert(1, "2");
    edits.insert(0, "0");
    edits.insert(1, "3");
    EXPECT_EQ(edited_text(edits, "ab"), "0a123b");
}

TEST(Edits, InsertBeforeAReplacementOfTheSameByte) {
    Edits edits;
    edits.replace({1, 2}, "B");
    edits.insert(1, "-");
    EXPECT_EQ(edited_text(edits, "abc"), "a-Bc");
}

TEST(Edits, ReplaceAdjacentRanges) {
    Edits edits;
    edits.replace({1, 2}, "B");
    edits.replace({0, 1}, "A");
    EXPECT_EQ(edited_text(edits, "abc"), "ABc");
}

TEST(Edits, StartAgainAfterClear) {
    Edits edits;
    edits.replace({0, 1}, "A");
    edits.clear();
    edits.insert(2, "!");
    EXPECT_EQ(edited_text(edits, "ab"), "ab!");
}

TEST(Edits, PointIntoTheOriginalWhereNothingChanged) {
    const std::string original = "unchanged,changed";
    Edits edits;
    edits.replace({10, 17}, "new");
    std::vector<std::string_view> pieces;
    edits.gather(original, pieces);
    ASSERT_EQ(pieces.size(), 2U);
    EXPECT_EQ(pieces[0].data(), original.data());
}

TEST(EditsDeathTest, RefuseOverlappingEdits) {
    Edits edits;
    edits.replace({0, 3}, "");
    edits.replace({2, 4}, "");
    std::vector<std::string_view> pieces;
    EXPECT_DEATH(edits.gather("abcdef", pieces), "");
}

struct MemberCase {
    std::string_view name;
    std::string_view object;
    std::vector<std::string_view> removed;
    std::vector<std::string_view> appended;
    std::string_view expected;
};

const std::vector<MemberCase>& member_cases() {
    static const std::vector<MemberCase> cases = {
        {"only member", R"({"a":1})", {"a"}, {}, "{}"},
        {"first of two", R"({"a":1,"b":2})", {"a"}, {}, R"({"b":2})"},
        {"last of two", R"({"a":1,"b":2})", {"b"}, {}, R"({"a":1})"},
        {"middle of three", R"({"a":1,"b":2,"c":3})", {"b"}, {}, R"({"a":1,"c":3})"},
        {"white space around", R"({ "a" : 1 , "b" : 2 , "c" : 3 })", {"b"}, {}, R"({ "a" : 1 , "c" : 3 })"},
        {"white space around the first", R"({ "a" : 1 , "b" : 2 })", {"a"}, {}, R"({ "b" : 2 })"},
        {"white space around the only", R"({ "a" : 1 })", {"a"}, {}, "{  }"},
        {"value with commas", R"({"a":[1,2,{"x":3}],"b":"},{"})", {"a"}, {}, R"({"b":"},{"})"},
        {"first two of three", R"({"a":1,"b":2,"c":3})", {"a", "b"}, {}, R"({"c":3})"},
        {"first two of three in reverse", R"({"a":1,"b":2,"c":3})", {"b", "a"}, {}, R"({"c":3})"},
        {"last two of three", R"({"a":1,"b":2,"c":3})", {"c", "b"}, {}, R"({"a":1})"},
        {"both ends", R"({"a":1,"b":2,"c":3})", {"a", "c"}, {}, R"({"b":2})"},
        {"every member", R"({"a":1,"b":2,"c":3})", {"b", "c", "a"}, {}, "{}"},
        {"one member twice", R"({"a":1,"b":2})", {"a", "a"}, {}, R"({"b":2})"},
        {"append to an empty object", "{}", {}, {R"("x":1)"}, R"({"x":1})"},
        {"append two to an empty object", "{}", {}, {R"("x":1)", R"("y":2)"}, R"({"x":1,"y":2})"},
        {"append to one member", R"({"a":1})", {}, {R"("x":1)"}, R"({"a":1,"x":1})"},
        {"append before white space", "{\"a\":1\n}", {}, {R"("x":1)"}, "{\"a\":1\n,\"x\":1}"},
        {"remove the only member and append", R"({"a":1})", {"a"}, {R"("x":1)"}, R"({"x":1})"},
        {"remove the last member and append", R"({"a":1,"b":2})", {"b"}, {R"("x":1)"}, R"({"a":1,"x":1})"},
        {"remove all and append two", R"({"a":1,"b":2})", {"b", "a"}, {R"("x":1)", R"("y":2)"}, R"({"x":1,"y":2})"},
    };
    return cases;
}

JsonValue parse_object(JsonParser& parser, std::string_view text) {
    const Result<JsonValue> parsed = parser.parse(text);
    EXPECT_TRUE(parsed.has_value());
    return parsed.has_value() ? *parsed : JsonValue();
}

TEST(Edits, RemoveAndAppendMembersWithTheirCommas) {
    for (const MemberCase& c : member_cases()) {
        SCOPED_TRACE(c.name);
        JsonParser parser;
        const JsonValue object = parse_object(parser, c.object);
        Edits edits;
        for (const std::string_view key : c.removed) {
            edits.remove_member(object, object.find(key));
        }
        for (const std::string_view text : c.appended) {
            edits.append_member(object, text);
        }
        EXPECT_EQ(edited_text(edits, c.object), c.expected);
    }
}

TEST(Edits, RemoveAndAppendMembersInEitherOrder) {
    for (const MemberCase& c : member_cases()) {
        SCOPED_TRACE(c.name);
        JsonParser parser;
        const JsonValue object = parse_object(parser, c.object);
        Edits edits;
        for (const std::string_view text : c.appended) {
            edits.append_member(object, text);
        }
        for (const std::string_view key : c.removed) {
            edits.remove_member(object, object.find(key));
        }
        EXPECT_EQ(edited_text(edits, c.object), c.expected);
    }
}

TEST(Edits, EditNestedObjectsIndependently) {
    const std::string_view text = R"({"o":{"a":1,"b":2},"p":{"a":1},"model":"auto"})";
    JsonParser parser;
    const JsonValue root = parse_object(parser, text);
    Edits edits;
    edits.append_member(root.find("o"), R"("x":true)");
    edits.remove_member(root.find("p"), root.find("p").find("a"));
    edits.replace(root.find("model").range(), R"("cheap")");
    edits.remove_member(root.find("o"), root.find("o").find("a"));
    edits.append_member(root, R"("z":0)");
    EXPECT_EQ(edited_text(edits, text), R"({"o":{"b":2,"x":true},"p":{},"model":"cheap","z":0})");
}

TEST(Edits, EqualTheExpectedTextForRandomEdits) {
    std::mt19937 random(3);
    const auto below = [&random](std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random); };
    Edits edits;
    for (int round = 0; round < 2'000; ++round) {
        std::string original;
        for (std::size_t i = 0; i < 40; ++i) {
            original.push_back(static_cast<char>('a' + below(26)));
        }
        // Cut the text into stretches and leave, replace or prefix each; the expected text is put together meanwhile.
        std::string expected;
        std::vector<std::pair<ByteRange, std::string_view>> planned;
        constexpr std::string_view kReplacements[] = {"", "X", "YY", "a longer replacement"};
        for (std::size_t begin = 0; begin < original.size();) {
            const std::size_t end = std::min(original.size(), begin + 1 + below(9));
            const std::string_view replacement = kReplacements[below(4)];
            const std::size_t action = below(3);
            if (action == 0) {
                planned.push_back({{begin, end}, replacement});
                expected += replacement;
            } else {
                if (action == 1) {
                    planned.push_back({{begin, begin}, replacement});
                    expected += replacement;
                }
                expected += original.substr(begin, end - begin);
            }
            begin = end;
        }
        std::shuffle(planned.begin(), planned.end(), random);
        edits.clear();
        for (const auto& [range, replacement] : planned) {
            range.size() == 0 ? edits.insert(range.begin, replacement) : edits.replace(range, replacement);
        }
        ASSERT_EQ(edited_text(edits, original), expected) << original;
    }
}

TEST(Edits, LeaveValidJsonForEveryChoiceOfRemovedMembers) {
    const std::string_view text = R"({"a":1, "b" : [2] ,"c":"x" , "d":{}})";
    constexpr std::string_view kKeys[] = {"a", "b", "c", "d"};
    JsonParser parser;
    const JsonValue object = parse_object(parser, text);
    std::vector<std::size_t> order = {0, 1, 2, 3};
    do {
        for (unsigned choice = 0; choice < 16; ++choice) {
            nlohmann::json expected = nlohmann::json::parse(text);
            Edits edits;
            for (const std::size_t member : order) {
                if ((choice >> member & 1U) != 0) {
                    edits.remove_member(object, object.find(kKeys[member]));
                    expected.erase(std::string(kKeys[member]));
                }
            }
            edits.append_member(object, R"("e":5)");
            expected["e"] = 5;
            const nlohmann::json edited = nlohmann::json::parse(edited_text(edits, text), nullptr, false);
            ASSERT_EQ(edited, expected) << choice;
        }
    } while (std::next_permutation(order.begin(), order.end()));
}

}  // namespace
}  // namespace tierway::wire
