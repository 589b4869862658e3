#include "classify/string_tail.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tierway::classify {
namespace {

std::string tail_of(const std::string& json, std::size_t raw_bytes_max) {
    wire::JsonParser parser;
    const auto value = parser.parse(json);
    EXPECT_TRUE(value) << json;
    std::string out;
    append_string_tail(*value, raw_bytes_max, out);
    return out;
}

TEST(StringTail, AWholeStringIsUnescaped) {
    EXPECT_EQ(tail_of(R"("a\n\t\"\\\/\b\f\r b")", 100), "a\n\t\"\\/\b\f\r b");
    EXPECT_EQ(tail_of(R"("\u00e9\u20AC\ud83d\ude00")", 100), "é€😀");
    EXPECT_EQ(tail_of(R"("")", 100), "");
}

TEST(StringTail, LoneSurrogatesBecomeReplacementCharacters) {
    EXPECT_EQ(tail_of(R"("\ud83d.")", 100), "\uFFFD.");
    EXPECT_EQ(tail_of(R"("\ude00\ud83d")", 100), "\uFFFD\uFFFD");
    EXPECT_EQ(tail_of(R"("\ud83d\u0041")", 100), "\uFFFDA");
}

TEST(StringTail, WhatIsNoStringAppendsNothing) {
    EXPECT_EQ(tail_of("12", 100), "");
    EXPECT_EQ(tail_of("[\"a\"]", 100), "");
}

// Wherever the cut falls, the tail is an end of the whole text: no escape or character is torn.
TEST(StringTail, IsAnEndOfTheWholeTextForEveryCut) {
    for (const std::string& json : std::vector<std::string>{
             R"("one two \\n three\nfour \u00e9t\u00e9 \ud83d\ude00 \\\\ \"six\" \\u0041 end")",
             R"("日本語のテキスト、終わり。")",
             R"("\u65e5\u672c\u8a9e\u306e\u30c6\u30ad\u30b9\u30c8")",
             R"("\\\\\\\\\\\\n\\\\n\n\\")",
             R"("deadbeefdeadbeef\u0065\u0066deadbeef")",
         }) {
        SCOPED_TRACE(json);
        const std::string whole = tail_of(json, json.size());
        for (std::size_t bytes = 1; bytes < json.size(); ++bytes) {
            const std::string tail = tail_of(json, bytes);
            ASSERT_LE(tail.size(), bytes);
            ASSERT_TRUE(whole.ends_with(tail)) << "at " << bytes << ": " << tail;
        }
    }
}

TEST(StringTail, TakesMostOfWhatIsAskedForInProse) {
    std::string text = "\"";
    for (int i = 0; i < 1'000; ++i) {
        text += "words and more words, ";
    }
    EXPECT_GT(tail_of(text + "\"", 500).size(), 480U);
}

}  // namespace
}  // namespace tierway::classify
