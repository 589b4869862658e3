#include "tierway/config/text_pattern.hpp"

#include <gtest/gtest.h>

namespace tierway::config {
namespace {

TEST(TextPattern, SearchesAnywhereInTheText) {
    std::string problem;
    const auto pattern = TextPattern::compile("(?i)\\bextract\\b", problem);
    ASSERT_TRUE(pattern.has_value()) << problem;
    EXPECT_TRUE(pattern->found_in("please EXTRACT the names"));
    EXPECT_FALSE(pattern->found_in("extraction"));
    EXPECT_FALSE(pattern->found_in(""));
    EXPECT_EQ(pattern->source(), "(?i)\\bextract\\b");
}

TEST(TextPattern, SaysWhyAPatternIsNotValid) {
    for (const std::string& pattern :
         {std::string(), std::string("(a"), std::string("a{2000}"), std::string("(?=a)"), std::string("\\1"),
          std::string("((a{100}){100}){100}"), std::string(4097, 'a'), std::string("\xff")}) {
        std::string problem;
        EXPECT_FALSE(TextPattern::compile(pattern, problem).has_value()) << pattern.substr(0, 30);
        EXPECT_FALSE(problem.empty()) << pattern.substr(0, 30);
    }
}

TEST(TextPattern, ReadsTextThatIsNotUtf8WithoutHarm) {
    std::string problem;
    const auto pattern = TextPattern::compile("b", problem);
    ASSERT_TRUE(pattern.has_value());
    EXPECT_TRUE(pattern->found_in("\xff\xfe b"));
}

TEST(TextPattern, CopiesOutliveTheirOrigin) {
    std::string problem;
    auto origin = TextPattern::compile("x", problem);
    const TextPattern copy = *origin;
    origin.reset();
    EXPECT_TRUE(copy.found_in("x"));
}

}  // namespace
}  // namespace tierway::config
