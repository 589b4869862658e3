#include "gateway/percent_decoding.hpp"

#include <gtest/gtest.h>

namespace tierway::gateway {
namespace {

TEST(PercentDecoding, DecodesTriplesAndKeepsTheRest) {
    EXPECT_EQ(percent_decoded("a%2Fb%2f"), "a/b/");
    EXPECT_EQ(percent_decoded("plain"), "plain");
    EXPECT_EQ(percent_decoded("%41%"), "A%");
    EXPECT_EQ(percent_decoded("%4"), "%4");
    EXPECT_EQ(percent_decoded("%zz%-1"), "%zz%-1");
}

}  // namespace
}  // namespace tierway::gateway
