#include "tierway/base/time_text.hpp"

#include <gtest/gtest.h>

namespace tierway {
namespace {

TEST(Rfc3339, WritesWholeSecondsOfUtc) {
    EXPECT_EQ(rfc3339(WallTime{}), "1970-01-01T00:00:00Z");
    EXPECT_EQ(rfc3339(WallTime{std::chrono::milliseconds(951'782'399'999)}), "2000-02-28T23:59:59Z");
    EXPECT_EQ(rfc3339(WallTime{std::chrono::milliseconds(-1)}), "1969-12-31T23:59:59Z");
}

}  // namespace
}  // namespace tierway
