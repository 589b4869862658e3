#include "tierway/upstream/attempt_machine.hpp"

namespace tierway::upstream {
namespace {

// Refusals that concern the gateway's own account or its choice of model rather than the request: another provider has another
// account and other models.
bool concerns_this_target_alone(std::string_view code) noexcept {
    return code == "insufficient_quota" || code == "upstream_refused_credentials" || code == "model_not_found";
}

}  // namespace

FailureMeaning meaning_of(const Error& error) noexcept {
    if (error.source() == ErrorSource::Upstream && concerns_this_target_alone(error.code())) {
        return FailureMeaning::OtherTarget;
    }
    switch (error.kind()) {
        case ErrorKind::UpstreamTimeout:
        case ErrorKind::UpstreamStalled:
            return FailureMeaning::OtherTarget;
        case ErrorKind::UpstreamUnavailable:
        case ErrorKind::UpstreamTruncated:
        case ErrorKind::UpstreamMalformed:
            return FailureMeaning::MayRetry;
        case ErrorKind::UpstreamRejected:
        case ErrorKind::InvalidRequest:
        case ErrorKind::MissingCapability:
        case ErrorKind::Unauthorized:
        case ErrorKind::ClassNotAllowed:
        case ErrorKind::EscalationDenied:
        case ErrorKind::ModelNotFound:
        case ErrorKind::RouteNotFound:
        case ErrorKind::MethodNotAllowed:
        case ErrorKind::RequestTimeout:
        case ErrorKind::PayloadTooLarge:
        case ErrorKind::UnsupportedMediaType:
        case ErrorKind::HeadTooLarge:
        case ErrorKind::ClientGone:
        case ErrorKind::Internal:
        case ErrorKind::Overloaded:
            return FailureMeaning::Final;
    }
    return FailureMeaning::Final;
}

}  // namespace tierway::upstream
