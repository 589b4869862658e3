#include "tierway/base/json_object_writer.hpp"

#include <gtest/gtest.h>

namespace tierway {
namespace {

TEST(JsonObjectWriter, WritesMembersInOrderWithCommasBetween) {
    TextBuffer out;
    out.append("x");
    JsonObjectWriter object(out);
    object.text("a", "q\"");
    object.integer("b", -1);
    object.decimal("c", 0.5, 2);
    object.boolean("d", true);
    object.money("e", Usd::from_nano(1));
    out.commit(TextBuffer::put(object.begin("f", 2), "[]"));
    object.end();
    EXPECT_EQ(out.view(), R"(x{"a":"q\"","b":-1,"c":0.50,"d":true,"e":0.000000001,"f":[]})");
}

TEST(JsonObjectWriter, LeavesEmptyTextsOut) {
    TextBuffer out;
    JsonObjectWriter object(out);
    object.text("a", "");
    object.end();
    EXPECT_EQ(out.view(), "{}");
}

}  // namespace
}  // namespace tierway
