#include "tierway/base/json_object_writer.hpp"

#include <gtest/gtest.h>

namespace tierway {
namespace {

TEST(JsonObjectWriter, WritesMembersInOrderWithCommasBetween) {
    std::string out = "x";
    JsonObjectWriter object(out);
    object.text("a", "q\"");
    object.integer("b", -1);
    object.decimal("c", 0.5, 2);
    object.boolean("d", true);
    object.money("e", Usd::from_nano(1));
    object.begin("f") += "[]";
    object.end();
    EXPECT_EQ(out, R"(x{"a":"q\"","b":-1,"c":0.50,"d":true,"e":0.000000001,"f":[]})");
}

TEST(JsonObjectWriter, LeavesEmptyTextsOut) {
    std::string out;
    JsonObjectWriter object(out);
    object.text("a", "");
    object.end();
    EXPECT_EQ(out, "{}");
}

}  // namespace
}  // namespace tierway
