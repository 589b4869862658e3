#include "tierway/wire/http_fields.hpp"

#include <gtest/gtest.h>

namespace tierway::wire {
namespace {

TEST(HttpFields, FindNamesInAnyCase) {
    HttpFields fields;
    fields.add("Content-Type", "application/json");
    EXPECT_EQ(fields.get("content-type"), "application/json");
    EXPECT_EQ(fields.get("CONTENT-TYPE"), "application/json");
    EXPECT_TRUE(fields.has("Content-type"));
    EXPECT_FALSE(fields.has("Content-Typ"));
    EXPECT_EQ(fields.get("Content-Types"), "");
}

TEST(HttpFields, GiveTheFirstOfSeveralAndCountThem) {
    HttpFields fields;
    fields.add("a", "1");
    fields.add("b", "2");
    fields.add("A", "3");
    EXPECT_EQ(fields.get("A"), "1");
    EXPECT_EQ(fields.count("a"), 2U);
    EXPECT_EQ(fields.count("c"), 0U);
    EXPECT_EQ(fields.size(), 3U);
}

TEST(HttpFields, TellAnEmptyValueFromAnAbsentField) {
    HttpFields fields;
    fields.add("a", "");
    EXPECT_TRUE(fields.has("a"));
    EXPECT_EQ(fields.get("a"), "");
}

TEST(HttpFields, KeepTheirOrderAndStartAgainAfterClear) {
    HttpFields fields;
    fields.add("x", "1");
    fields.add("y", "2");
    std::string names;
    for (const HttpField& field : fields) {
        names += field.name;
    }
    EXPECT_EQ(names, "xy");
    fields.clear();
    EXPECT_EQ(fields.size(), 0U);
    EXPECT_FALSE(fields.has("x"));
}

TEST(HttpFields, IgnoreCaseOfAsciiLettersOnly) {
    EXPECT_TRUE(equals_ignoring_case("aZ-09", "Az-09"));
    EXPECT_TRUE(equals_ignoring_case("", ""));
    EXPECT_FALSE(equals_ignoring_case("[", "{"));
    EXPECT_FALSE(equals_ignoring_case("@", "`"));
    EXPECT_FALSE(equals_ignoring_case("\xc4", "\xe4"));
    EXPECT_FALSE(equals_ignoring_case("a", "ab"));
}

TEST(HttpFields, CompareStartsIgnoringCase) {
    EXPECT_TRUE(starts_with_ignoring_case("Bearer x", "bearer "));
    EXPECT_TRUE(starts_with_ignoring_case("x", ""));
    EXPECT_FALSE(starts_with_ignoring_case("Bear", "bearer"));
    EXPECT_FALSE(starts_with_ignoring_case("xBearer", "bearer"));
}

}  // namespace
}  // namespace tierway::wire
