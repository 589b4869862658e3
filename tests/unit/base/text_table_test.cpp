#include "tierway/base/text_table.hpp"

#include <gtest/gtest.h>

namespace tierway {
namespace {

TEST(TextTable, AlignsNamesToTheLeftAndFiguresToTheRight) {
    const std::vector<std::vector<std::string>> lines{{"class", "rows", ""}, {"a", "12345", "x"}, {"longer", "7", ""}};
    EXPECT_EQ(text_table(lines, 1), "class    rows\na       12345  x\nlonger      7\n");
}

TEST(TextTable, OfNothingIsEmpty) {
    EXPECT_EQ(text_table({}, 1), "");
}

}  // namespace
}  // namespace tierway
