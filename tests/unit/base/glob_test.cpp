#include "tierway/base/glob.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tierway {
namespace {

TEST(GlobMatches, MatchesTheWholeName) {
    struct Case {
        std::string_view glob;
        std::string_view name;
        bool matches;
    };
    for (const Case& c : {
             Case{"computer", "computer", true},
             Case{"computer", "computer_use", false},
             Case{"computer", "my_computer", false},
             Case{"computer*", "computer", true},
             Case{"computer*", "computer_use_preview", true},
             Case{"*computer", "my_computer", true},
             Case{"*compute*", "my_computer", true},
             Case{"a*b*c", "a_b_b_c", true},
             Case{"a*b*c", "a_c_b", false},
             Case{"*", "", true},
             Case{"*", "anything", true},
             Case{"**", "x", true},
             Case{"", "", true},
             Case{"", "x", false},
             Case{"x", "", false},
             Case{"*ab", "aab", true},
             Case{"*aab", "aaab", true},
             Case{"a.c", "abc", false},
             Case{"a?c", "abc", false},
             Case{"Computer", "computer", false},
         }) {
        SCOPED_TRACE(std::string(c.glob) + " on " + std::string(c.name));
        EXPECT_EQ(glob_matches(c.glob, c.name), c.matches);
    }
}

// Exponential backtracking would not come back from this.
TEST(GlobMatches, ManyStarsAreNoTrap) {
    std::string glob;
    for (int i = 0; i < 60; ++i) {
        glob += "*a";
    }
    EXPECT_FALSE(glob_matches(glob + "b", std::string(2'000, 'a')));
    EXPECT_TRUE(glob_matches(glob, std::string(2'000, 'a')));
}

}  // namespace
}  // namespace tierway
