#include "tierway/config/text_pattern_set.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/literal_search.hpp"

namespace tierway::config {
namespace {

std::vector<TextPattern> compiled(const std::vector<std::string>& sources) {
    std::vector<TextPattern> patterns;
    for (const std::string& source : sources) {
        std::string problem;
        auto pattern = TextPattern::compile(source, problem);
        EXPECT_TRUE(pattern.has_value()) << source << " " << problem;
        patterns.push_back(*pattern);
    }
    return patterns;
}

void expect_like_one_by_one(const std::vector<TextPattern>& patterns, std::string_view text) {
    const TextPatternSet set(patterns);
    std::vector<bool> found;
    set.find_in(text, found);
    ASSERT_EQ(found.size(), patterns.size());
    for (std::size_t i = 0; i < patterns.size(); ++i) {
        EXPECT_EQ(found[i], patterns[i].found_in(text)) << patterns[i].source() << " in " << text;
    }
}

TEST(TextPatternSet, FindsWhatEachPatternFindsAlone) {
    const std::vector<std::string> sources = {R"((?i)\b(extract|list all|pull out)\b)",
                                              R"((?i)\b(summari[sz]e|key points|tl;dr)\b)", "KEY", R"((?i)task+s)", R"(c\+\+)"};
    const std::string long_text(500, '.');
    for (const std::string text :
         {"", "x", "Please EXTRACT it", "extraction", "Summarize", "summarise", "SUMMARI ze", "KEY", "key", "C++", "c++",
          "list  all", "a \u212Aey point \u212A", "ta\u017Fk\u017F", "tas\u212As", "naïve façade", "TL;DR"}) {
        for (const auto& patterns : {compiled(sources), compiled({sources[0]}), compiled({sources[3], sources[2]})}) {
            expect_like_one_by_one(patterns, text);
            expect_like_one_by_one(patterns, long_text + text + long_text);
        }
    }
}

TEST(TextPatternSet, FindsPatternsThatNeedNoLiteral) {
    const auto patterns = compiled({R"(\d{3})", "(?i)extract", "a|b|c", "^$", "(?i)straße"});
    for (const std::string_view text : {"", "123", "extract", "b", "zzz", "STRASSE", "STRAẞE", "Straße"}) {
        expect_like_one_by_one(patterns, text);
    }
}

TEST(LiteralSearch, FindsALiteralAtEveryPlaceInAnyCase) {
    const LiteralSearch search({"extract", "c++", "tl;dr", "key points"});
    const std::vector<std::pair<std::string_view, int>> cases = {
        {"extract", 0}, {"ExTrAcT", 0}, {"C++", 1}, {"TL;DR", 2}, {"Key Points", 3}};
    for (std::size_t before = 0; before < 100; ++before) {
        for (const auto& [literal, position] : cases) {
            const std::string text = std::string(before, 'e') + std::string(literal);
            EXPECT_EQ(search.find_in(text), std::vector{position}) << text;
            EXPECT_EQ(search.find_in(text + std::string(70, 'x')), std::vector{position}) << text;
            EXPECT_TRUE(search.find_in(std::string_view(text).substr(0, text.size() - 1)).empty()) << text;
        }
    }
    EXPECT_TRUE(search.find_in("").empty());
    EXPECT_TRUE(search.find_in("ex").empty());
}

TEST(LiteralSearch, NamesEachLiteralOnce) {
    const LiteralSearch search({"extract", "act", "ext"});
    std::vector<int> found = search.find_in("extract, extract and act: " + std::string(100, '.') + "EXTRACT");
    std::sort(found.begin(), found.end());
    EXPECT_EQ(found, (std::vector{0, 1, 2}));
}

TEST(LiteralSearch, AgreesWithItsPortableForm) {
    std::mt19937 random(7);
    std::vector<std::string> literals;
    while (literals.size() < 12) {
        std::string literal;
        while (literal.size() < 3 + random() % 3) {
            literal += "abcdef"[random() % 6];
        }
        literals.push_back(literal);
    }
    const LiteralSearch search(literals);
    int found = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        const std::size_t size = random() % 90;
        while (text.size() < size) {
            text += "abcdefABCDEF xyz\xC3"[random() % 17];
        }
        const std::vector<int> portable = search.find_portably_in(text);
        found += portable.empty() ? 0 : 1;
        ASSERT_EQ(search.find_in(text), portable) << text;
    }
    EXPECT_GT(found, 1'000);
    EXPECT_LT(found, 19'000);
}

}  // namespace
}  // namespace tierway::config
