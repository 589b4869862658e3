#include "tierway/base/number_text.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <string>

namespace tierway {
namespace {

std::string fixed(double value, unsigned decimals) {
    std::array<char, kNumberTextMax> text{};
    return {text.data(), write_fixed(text.data(), value, decimals)};
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
    std::array<char, kNumberTextMax> text{};
    const char* const end = write_integer(text.data(), std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(std::string_view(text.data(), static_cast<std::size_t>(end - text.data())), "-9223372036854775808");
}

}  // namespace
}  // namespace tierway
