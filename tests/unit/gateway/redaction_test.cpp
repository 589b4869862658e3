#include "gateway/redaction.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tierway::gateway {
namespace {

Error repeating(const std::string& key) {
    return Error::upstream(ErrorKind::UpstreamRejected, "invalid_api_key", "Bad key " + key + ", I say: " + key)
        .with_param(key)
        .with_detail("401 " + key)
        .with_retry(Retry::Safe)
        .with_status(401);
}

TEST(Redaction, TakesTheCredentialOutOfEveryTextAndLeavesTheRest) {
    const Error error = without_secret(repeating("sk-12345678"), Secret("sk-12345678"));
    EXPECT_EQ(error.message(), "Bad key [redacted], I say: [redacted]");
    EXPECT_EQ(error.param(), "[redacted]");
    EXPECT_EQ(error.detail(), "401 [redacted]");
    EXPECT_EQ(error.kind(), ErrorKind::UpstreamRejected);
    EXPECT_EQ(error.source(), ErrorSource::Upstream);
    EXPECT_EQ(error.code(), "invalid_api_key");
    EXPECT_EQ(error.retry(), Retry::Safe);
    EXPECT_EQ(error.status(), 401U);
}

TEST(Redaction, LeavesWhatHoldsNoCredential) {
    EXPECT_EQ(without_secret(repeating("sk-12345678"), Secret("sk-87654321")).message(), repeating("sk-12345678").message());
    EXPECT_EQ(without_secret(repeating("key"), Secret("key")).message(), repeating("key").message()) << "it may be any word";
    EXPECT_EQ(without_secret(repeating("key"), Secret()).message(), repeating("key").message());
}

}  // namespace
}  // namespace tierway::gateway
