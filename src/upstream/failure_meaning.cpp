#include "tierway/upstream/failure_meaning.hpp"

#include <string_view>

namespace tierway::upstream {
namespace {

// Refusals that concern the gateway's own account there or its choice of model rather than the request: another provider has
// another account and other models. A path that is not there means a wrong address, or a model that is gone; a server that cannot
// prove who it is will not do so a moment later.
bool concerns_this_target_alone(const Error& error) noexcept {
    const std::string_view code = error.code();
    if (code == "insufficient_quota" || code == "upstream_refused_credentials" || code == "upstream_tls_failed" ||
        code == "model_not_found") {
        return true;
    }
    const unsigned status = error.status();
    return error.kind() == ErrorKind::UpstreamRejected &&
           (code == "rate_limit_exceeded" || status == 404 || status == 405 || status == 410);
}

}  // namespace

FailureMeaning meaning_of(const Error& error) noexcept {
    if (error.source() != ErrorSource::Upstream) {
        return FailureMeaning::Final;
    }
    if (concerns_this_target_alone(error)) {
        return FailureMeaning::OtherTarget;
    }
    switch (error.kind()) {
        case ErrorKind::UpstreamTimeout:
        case ErrorKind::UpstreamStalled:
        case ErrorKind::InvalidRequest:
            // The last one is our own word for what this provider's dialect cannot express.
            return FailureMeaning::OtherTarget;
        case ErrorKind::UpstreamUnavailable:
        case ErrorKind::UpstreamTruncated:
        case ErrorKind::UpstreamMalformed:
            return FailureMeaning::MayRetry;
        case ErrorKind::UpstreamRejected:
            return error.code() == "context_length_exceeded" ? FailureMeaning::LargerWindow : FailureMeaning::Final;
        default:
            return FailureMeaning::Final;
    }
}

Evidence evidence_of(const Error& error) noexcept {
    if (error.source() != ErrorSource::Upstream) {
        return Evidence::None;
    }
    switch (error.kind()) {
        case ErrorKind::UpstreamUnavailable:
            return error.code() == "rate_limit_exceeded" || error.status() == 403 ? Evidence::None : Evidence::Failing;
        case ErrorKind::UpstreamTimeout:
        case ErrorKind::UpstreamStalled:
        case ErrorKind::UpstreamTruncated:
        case ErrorKind::UpstreamMalformed:
            return Evidence::Failing;
        default:
            return Evidence::None;
    }
}

}  // namespace tierway::upstream
