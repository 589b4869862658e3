#include "tierway/net/header_block.hpp"

#include <gtest/gtest.h>

namespace tierway::net {
namespace {

TEST(HeaderBlock, WritesOneLineForEachField) {
    HeaderBlock headers;
    headers.add("a", "b");
    headers.add("n", std::int64_t{-5});
    EXPECT_EQ(headers.text(), "a: b\r\nn: -5\r\n");
}

TEST(HeaderBlock, LetsNoValueSplitTheMessage) {
    HeaderBlock headers;
    headers.add("a", std::string_view("b\r\nevil: 1\0x\x7f", 13));
    EXPECT_EQ(headers.text(), "a: b  evil: 1 x \r\n");
}

}  // namespace
}  // namespace tierway::net
