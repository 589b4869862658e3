#include "tierway/upstream/failure_meaning.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tierway::upstream {
namespace {

struct Case {
    const char* name;
    ErrorKind kind;
    const char* code;
    unsigned status;
    FailureMeaning meaning;
    Evidence evidence;
};

const std::vector<Case>& failures() {
    using enum ErrorKind;
    using enum FailureMeaning;
    static const std::vector<Case> all{
        {"a refused request", UpstreamRejected, "invalid_value", 400, Final, Evidence::None},
        {"a refused request without a known code", UpstreamRejected, "upstream_rejected", 422, Final, Evidence::None},
        {"a refused prompt", UpstreamRejected, "invalid_prompt", 400, Final, Evidence::None},
        {"filtered content", UpstreamRejected, "content_filter", 400, Final, Evidence::None},
        {"content against a policy", UpstreamRejected, "content_policy_violation", 400, Final, Evidence::None},
        {"a body too large", UpstreamRejected, "upstream_rejected", 413, Final, Evidence::None},
        {"a request too long", UpstreamRejected, "context_length_exceeded", 400, LargerWindow, Evidence::None},
        {"a request that alone exceeds a rate", UpstreamRejected, "rate_limit_exceeded", 413, OtherTarget, Evidence::None},
        {"a model the provider does not have", UpstreamRejected, "model_not_found", 404, OtherTarget, Evidence::None},
        {"a model that is gone, told with a 400", UpstreamRejected, "model_not_found", 400, OtherTarget, Evidence::None},
        {"a path that is not there", UpstreamRejected, "upstream_rejected", 404, OtherTarget, Evidence::None},
        {"an API that is not there", UpstreamRejected, "upstream_rejected", 405, OtherTarget, Evidence::None},
        {"a thing of the past", UpstreamRejected, "upstream_rejected", 410, OtherTarget, Evidence::None},
        {"too many requests", UpstreamUnavailable, "rate_limit_exceeded", 429, MayRetry, Evidence::None},
        {"an empty account", UpstreamUnavailable, "insufficient_quota", 429, OtherTarget, Evidence::Failing},
        {"an empty account, told with a 402", UpstreamUnavailable, "insufficient_quota", 402, OtherTarget, Evidence::Failing},
        {"refused credentials", UpstreamUnavailable, "upstream_refused_credentials", 401, OtherTarget, Evidence::Failing},
        {"a ban, perhaps of this request", UpstreamUnavailable, "upstream_refused_credentials", 403, OtherTarget, Evidence::None},
        {"a server that is not whom it should be", UpstreamUnavailable, "upstream_tls_failed", 0, OtherTarget, Evidence::Failing},
        {"silence before the answer", UpstreamTimeout, "upstream_timeout", 0, OtherTarget, Evidence::Failing},
        {"silence inside the answer", UpstreamStalled, "upstream_stalled", 0, OtherTarget, Evidence::Failing},
        {"unreachable", UpstreamUnavailable, "upstream_unavailable", 0, MayRetry, Evidence::Failing},
        {"broken", UpstreamUnavailable, "upstream_unavailable", 500, MayRetry, Evidence::Failing},
        {"overloaded", UpstreamUnavailable, "upstream_unavailable", 503, MayRetry, Evidence::Failing},
        {"overloaded, as Anthropic says it", UpstreamUnavailable, "upstream_unavailable", 529, MayRetry, Evidence::Failing},
        {"out of flexible capacity, as Groq says it", UpstreamUnavailable, "upstream_unavailable", 498, MayRetry,
         Evidence::Failing},
        {"cut short", UpstreamTruncated, "upstream_truncated", 200, MayRetry, Evidence::Failing},
        {"no such API", UpstreamMalformed, "upstream_malformed", 200, MayRetry, Evidence::Failing},
    };
    return all;
}

TEST(FailureMeaning, FollowsFromKindCodeAndStatus) {
    for (const Case& c : failures()) {
        SCOPED_TRACE(c.name);
        EXPECT_EQ(meaning_of(Error::upstream(c.kind, c.code, "x").with_status(c.status)), c.meaning);
    }
}

TEST(Evidence, OfFailureIsWhatKeepsAModelFromAnsweringAnybody) {
    for (const Case& c : failures()) {
        SCOPED_TRACE(c.name);
        EXPECT_EQ(evidence_of(Error::upstream(c.kind, c.code, "x").with_status(c.status)), c.evidence);
    }
}

TEST(Evidence, IsNotInWhatNoProviderCaused) {
    for (const ErrorKind kind : {ErrorKind::ClientGone, ErrorKind::Internal, ErrorKind::UpstreamTimeout, ErrorKind::Overloaded}) {
        SCOPED_TRACE(std::to_string(static_cast<int>(kind)));
        EXPECT_EQ(evidence_of(Error(kind, ErrorSource::Internal, "x", "x")), Evidence::None);
        EXPECT_EQ(evidence_of(Error::downstream(kind, "x", "x")), Evidence::None);
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
