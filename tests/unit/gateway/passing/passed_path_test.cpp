#include "gateway/passing/passed_path.hpp"

#include <gtest/gtest.h>

namespace tierway::gateway {
namespace {

TEST(PassedPath, IsCutBehindTheVersion) {
    const auto path = read_passed_path("/v1/files/file-A_1.b~/content");
    ASSERT_TRUE(path);
    EXPECT_EQ(path->segment, "files");
    EXPECT_EQ(path->rest, "/files/file-A_1.b~/content");
}

TEST(PassedPath, ThatCouldBeReadOtherwiseIsNone) {
    for (const std::string_view path :
         {"/v1", "/v1/", "/v1//files", "/v1/files/", "/v1/files/../models", "/v1/./files", "/v1/files/..", "/v1/files/%2e%2e/models",
          "/v1/files%2f..", "/v1/files\\..", "/v1/files/a;b", "/v1/files/a b", "/v2/files", "/files", "/v1files", "", "*",
          "/v1/files/a#b", "/v1/files/\xc3\xa9"}) {
        EXPECT_FALSE(read_passed_path(path)) << path;
    }
}

}  // namespace
}  // namespace tierway::gateway
