#include "tierway/base/number_text.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace tierway {
namespace {

std::string fixed(double value, unsigned decimals) {
    std::string out;
    append_fixed(out, value, decimals);
    return out;
}

TEST(NumberText, WritesAllDecimals) {
    EXPECT_EQ(fixed(0.25, 3), "0.250");
    EXPECT_EQ(fixed(1.0, 2), "1.00");
    EXPECT_EQ(fixed(-0.0004, 3), "0.000");
    EXPECT_EQ(fixed(-1.0006, 3), "-1.001");
    EXPECT_EQ(fixed(12345.6789, 0), "12346");
    EXPECT_EQ(fixed(0.999999, 3), "1.000");
}

TEST(NumberText, WritesZeroForWhatItCannotWrite) {
    EXPECT_EQ(fixed(std::nan(""), 3), "0");
    EXPECT_EQ(fixed(std::numeric_limits<double>::infinity(), 3), "0");
    EXPECT_EQ(fixed(1e300, 3), "0");
}

TEST(NumberText, WritesTheSmallestInteger) {
    std::string out = "n=";
    append_integer(out, std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(out, "n=-9223372036854775808");
}

}  // namespace
}  // namespace tierway
