#include "tierway/base/json_text.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace tierway {
namespace {

using std::string_view_literals::operator""sv;

std::string json_string(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

TEST(JsonText, AppendsToWhatIsThere) {
    std::string out = "x:";
    append_json_string(out, "a");
    append_json_string(out, "");
    EXPECT_EQ(out, R"(x:"a""")");
}

TEST(JsonText, EscapesWhatJsonRequires) {
    EXPECT_EQ(json_string("\"\\\b\f\n\r\t"), R"("\"\\\b\f\n\r\t")");
    EXPECT_EQ(json_string("\0\x01\x1f"sv), R"("\u0000\u0001\u001f")");
    EXPECT_EQ(json_string("/\x7f"), "\"/\x7f\"");
}

TEST(JsonText, KeepsValidUtf8) {
    EXPECT_EQ(json_string("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"), "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"");
}

TEST(JsonText, ReplacesInvalidUtf8) {
    const std::vector<std::pair<std::string_view, std::string_view>> cases = {
        {"\xff", "?"},
        {"a\x80z", "a?z"},
        {"\xc3", "?"},
        {"\xc3\"", "?\\\""},
        {"\xe2\x82", "?"},
        {"\xe2\x82z", "?z"},
        {"\xf0\x9f\x98", "?"},
        {"\xc0\xaf", "??"},
        {"\xe0\x80\xaf", "???"},
        {"\xed\xa0\x80", "???"},
        {"\xf4\x90\x80\x80", "????"},
        {"\xf5\x80\x80\x80", "????"},
        {"\xe2\x82\xac\xff\n", "\xe2\x82\xac?\\n"},
    };
    for (const auto& [text, expected] : cases) {
        SCOPED_TRACE(testing::PrintToString(text));
        std::string wanted = "\"";
        for (const char c : expected) {
            c == '?' ? wanted.append("\xef\xbf\xbd") : wanted.append(1, c);
        }
        EXPECT_EQ(json_string(text), wanted + "\"");
    }
}

TEST(JsonText, FindsTheByteToEscapeAtEveryOffset) {
    for (const char special : {'"', '\\', '\n', '\x1f', '\0'}) {
        for (std::size_t size = 1; size < 40; ++size) {
            for (std::size_t at = 0; at < size; ++at) {
                std::string text(size, 'x');
                text[at] = special;
                ASSERT_EQ(nlohmann::json::parse(json_string(text)).get<std::string>(), text);
            }
        }
    }
}

TEST(JsonText, IsReadBackAsItWasWritten) {
    std::mt19937 random(5);
    for (int round = 0; round < 5'000; ++round) {
        std::string text;
        for (std::size_t i = std::uniform_int_distribution<std::size_t>(0, 40)(random); i > 0; --i) {
            text.push_back(static_cast<char>(std::uniform_int_distribution<int>(0, 127)(random)));
        }
        ASSERT_EQ(nlohmann::json::parse(json_string(text)).get<std::string>(), text);
    }
}

TEST(JsonText, IsValidForAnyBytes) {
    std::mt19937 random(6);
    for (int round = 0; round < 5'000; ++round) {
        std::string text;
        for (std::size_t i = std::uniform_int_distribution<std::size_t>(0, 40)(random); i > 0; --i) {
            text.push_back(static_cast<char>(std::uniform_int_distribution<int>(0, 255)(random)));
        }
        ASSERT_TRUE(nlohmann::json::accept(json_string(text)));
    }
}

}  // namespace
}  // namespace tierway
