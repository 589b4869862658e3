#include "tierway/base/usd.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace tierway {
namespace {

TEST(Usd, ReadsDecimalsExactly) {
    EXPECT_EQ(Usd::parse("0.000000001")->nano(), 1);
    EXPECT_EQ(Usd::parse("12")->nano(), 12'000'000'000);
    EXPECT_EQ(Usd::parse("0.1")->nano(), 100'000'000);
    EXPECT_EQ(Usd::parse("-1.5")->nano(), -1'500'000'000);
}

TEST(Usd, RefusesWhatIsNotAPlainDecimal) {
    for (const char* text : {"", ".", "1.", ".5", "1e3", "0x1", "1,0", " 1", "1 ", "+1", "--1", "0.0000000001", "9999999999"}) {
        SCOPED_TRACE(text);
        EXPECT_FALSE(Usd::parse(text).has_value());
    }
}

TEST(Usd, WritesTheShortestExactDecimal) {
    EXPECT_EQ(Usd().to_string(), "0.0");
    EXPECT_EQ(Usd::from_nano(1).to_string(), "0.000000001");
    EXPECT_EQ(Usd::from_nano(125'000).to_string(), "0.000125");
    EXPECT_EQ(Usd::from_nano(-1'500'000'000).to_string(), "-1.5");
    EXPECT_EQ(Usd::from_nano(3'000'000'000).to_string(), "3.0");
    EXPECT_EQ(Usd::from_nano(std::numeric_limits<std::int64_t>::min()).to_string(), "-9223372036.854775808");
}

TEST(Usd, WhatItWritesItReads) {
    for (const std::int64_t nano : {0LL, 1LL, 10LL, 999'999'999LL, 1'000'000'001LL, 123'456'789'012'345'678LL}) {
        EXPECT_EQ(Usd::parse(Usd::from_nano(nano).to_string())->nano(), nano);
    }
}

TEST(Usd, SaturatesInsteadOfOverflowing) {
    const Usd most = Usd::from_nano(std::numeric_limits<std::int64_t>::max());
    const Usd least = Usd::from_nano(std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(most + Usd::from_nano(1), most);
    EXPECT_EQ(least - Usd::from_nano(1), least);
    EXPECT_EQ(least + most, Usd::from_nano(-1));
}

}  // namespace
}  // namespace tierway
