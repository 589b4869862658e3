#include "tierway/wire/percent_encoding.hpp"

#include <gtest/gtest.h>

namespace tierway::wire {
namespace {

std::string encoded(std::string_view text, std::string_view kept = {}) {
    std::string out;
    append_percent_encoded(out, text, kept);
    return out;
}

TEST(PercentEncoding, LeavesOnlyTheUnreservedAsTheyAre) {
    EXPECT_EQ(encoded("AZaz09-._~"), "AZaz09-._~");
    EXPECT_EQ(encoded("x-v1:0"), "x-v1%3A0");
    EXPECT_EQ(encoded("a/b c?d#e"), "a%2Fb%20c%3Fd%23e");
    EXPECT_EQ(encoded("\xC3\xA9"), "%C3%A9");
    EXPECT_EQ(encoded(std::string_view("\0\r\n", 3)), "%00%0D%0A");
}

TEST(PercentEncoding, EncodesAgainAndKeepsWhatItIsTold) {
    EXPECT_EQ(encoded("/model/x-v1%3A0/converse", "/"), "/model/x-v1%253A0/converse");
}

}  // namespace
}  // namespace tierway::wire
