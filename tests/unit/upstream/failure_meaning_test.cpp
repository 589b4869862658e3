#include <gtest/gtest.h>

#include <string>

#include "tierway/upstream/attempt_machine.hpp"

namespace tierway::upstream {
namespace {

TEST(FailureMeaning, FollowsFromKindCodeAndStatus) {
    struct Case {
        const char* name;
        ErrorKind kind;
        const char* code;
        unsigned status;
        FailureMeaning meaning;
    };
    using enum ErrorKind;
    using enum FailureMeaning;
    for (const Case& c : {
             Case{"a refused request", UpstreamRejected, "invalid_value", 400, Final},
             Case{"a request too long", UpstreamRejected, "context_length_exceeded", 400, Final},
             Case{"a model the provider does not have", UpstreamRejected, "model_not_found", 404, OtherTarget},
             Case{"too many requests", UpstreamUnavailable, "rate_limit_exceeded", 429, MayRetry},
             Case{"an empty account", UpstreamUnavailable, "insufficient_quota", 429, OtherTarget},
             Case{"refused credentials", UpstreamUnavailable, "upstream_refused_credentials", 401, OtherTarget},
             Case{"silence before the answer", UpstreamTimeout, "upstream_timeout", 0, OtherTarget},
             Case{"silence inside the answer", UpstreamStalled, "upstream_stalled", 0, OtherTarget},
             Case{"unreachable", UpstreamUnavailable, "upstream_unavailable", 0, MayRetry},
             Case{"overloaded", UpstreamUnavailable, "upstream_unavailable", 503, MayRetry},
             Case{"cut short", UpstreamTruncated, "upstream_truncated", 200, MayRetry},
             Case{"no such API", UpstreamMalformed, "upstream_malformed", 200, MayRetry},
         }) {
        SCOPED_TRACE(c.name);
        EXPECT_EQ(meaning_of(Error::upstream(c.kind, c.code, "x").with_status(c.status)), c.meaning);
    }
}

TEST(FailureMeaning, WhatNoProviderCausedIsFinal) {
    for (const ErrorKind kind : {ErrorKind::InvalidRequest, ErrorKind::MissingCapability, ErrorKind::ClientGone,
                                 ErrorKind::Internal, ErrorKind::Overloaded, ErrorKind::RequestTimeout}) {
        SCOPED_TRACE(std::to_string(static_cast<int>(kind)));
        EXPECT_EQ(meaning_of(Error(kind, ErrorSource::Internal, "x", "x")), FailureMeaning::Final);
    }
}

TEST(FailureMeaning, AProvidersCodeMeansNothingInAnErrorOfOurOwn) {
    EXPECT_EQ(meaning_of(Error::downstream(ErrorKind::InvalidRequest, "insufficient_quota", "x")), FailureMeaning::Final);
}

}  // namespace
}  // namespace tierway::upstream
