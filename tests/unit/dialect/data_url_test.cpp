#include "tierway/dialect/data_url.hpp"

#include <gtest/gtest.h>

namespace tierway::dialect {
namespace {

TEST(DataUrl, IsTakenApart) {
    const auto url = read_data_url("data:image/png;name=a;base64,AAAA");
    ASSERT_TRUE(url);
    EXPECT_EQ(url->media_type, "image/png");
    EXPECT_EQ(url->data, "AAAA");
    EXPECT_EQ(read_data_url("data:;base64,QQ==")->media_type, "text/plain");
    EXPECT_EQ(data_url("image/png", "AAAA"), "data:image/png;base64,AAAA");
}

TEST(DataUrl, IsNoOtherUrl) {
    EXPECT_FALSE(read_data_url("https://example.com/a;base64,AA"));
    EXPECT_FALSE(read_data_url("data:text/plain,hello"));
    EXPECT_FALSE(read_data_url("data:image/png;base64"));
}

}  // namespace
}  // namespace tierway::dialect
