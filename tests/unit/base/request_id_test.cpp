#include "tierway/base/request_id.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace tierway {
namespace {

TEST(RequestId, SortsByTime) {
    RequestIdSource source(1);
    const std::string earlier(source.next(1'700'000'000'000).view());
    const std::string later(source.next(1'700'000'000'001).view());
    EXPECT_LT(earlier, later);
    EXPECT_TRUE(earlier.starts_with("req_"));
    EXPECT_EQ(earlier.size(), RequestId::kSize);
}

TEST(RequestId, DoesNotRepeatWithinAMillisecond) {
    RequestIdSource source(1);
    std::set<std::string> seen;
    for (int i = 0; i < 10'000; ++i) {
        EXPECT_TRUE(seen.emplace(source.next(5).view()).second);
    }
}

}  // namespace
}  // namespace tierway
