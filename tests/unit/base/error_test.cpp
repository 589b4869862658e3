#include "tierway/base/error.hpp"

#include <gtest/gtest.h>

namespace tierway {
namespace {

TEST(Error, SaysSomethingEvenWhenDefaultMade) {
    const Error error;
    EXPECT_EQ(error.kind(), ErrorKind::Internal);
    EXPECT_FALSE(error.message().empty());
    EXPECT_FALSE(error.code().empty());
}

TEST(Error, KeepsEveryPartWhenOthersAreAdded) {
    const Error error = Error::upstream(ErrorKind::UpstreamRejected, "context_length_exceeded", "Too long.")
                            .with_param("messages")
                            .with_detail("the log's words")
                            .with_retry(Retry::Safe)
                            .with_status(400);
    EXPECT_EQ(error.message(), "Too long.");
    EXPECT_EQ(error.param(), "messages");
    EXPECT_EQ(error.detail(), "the log's words");
    EXPECT_EQ(error.retry(), Retry::Safe);
    EXPECT_EQ(error.status(), 400U);
    EXPECT_EQ(error.source(), ErrorSource::Upstream);
}

TEST(Error, LeavesTheOriginalAloneWhenPartsAreAdded) {
    const Error plain = Error::internal("Broken.");
    const Error detailed = plain.with_detail("why");
    EXPECT_TRUE(plain.detail().empty());
    EXPECT_EQ(detailed.detail(), "why");
}

TEST(Result, HoldsIntegersWithoutTakingThemForErrors) {
    const Result<int> result = 7;
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(*result, 7);
}

}  // namespace
}  // namespace tierway
