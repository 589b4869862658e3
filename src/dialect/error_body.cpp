#include "tierway/dialect/error_body.hpp"

#include "tierway/base/json_text.hpp"

namespace tierway::dialect {
namespace {

/// A status of the provider's that would tell the client something untrue of its own request: it speaks of the gateway's
/// credential, of a proxy, or of the gateway's pace in sending.
constexpr bool concerns_the_gateway(unsigned status) noexcept {
    return status == 401 || status == 403 || status == 407 || status == 408;
}

unsigned status_of_rejection(unsigned provider_status) noexcept {
    if (concerns_the_gateway(provider_status)) {
        return 502;
    }
    return provider_status >= 400 && provider_status <= 499 ? provider_status : 400;
}

unsigned status_of_unavailability(unsigned provider_status) noexcept {
    switch (provider_status) {
        case 402:  // An empty account is told as OpenAI tells a spent quota.
        case 429:
            return 429;
        case 503:
        case 529:  // "Overloaded", outside the registry of status codes.
            return 503;
        default:
            return 502;
    }
}

std::string_view type_of(const Error& error) noexcept {
    if (error.code() == "insufficient_quota") {
        return "insufficient_quota";
    }
    switch (error.kind()) {
        case ErrorKind::Unauthorized:
            return "authentication_error";
        case ErrorKind::ClassNotAllowed:
        case ErrorKind::ModelNotAllowed:
        case ErrorKind::EscalationDenied:
            return "permission_error";
        case ErrorKind::BudgetExceeded:
            return "insufficient_quota";
        case ErrorKind::RequestRateExceeded:
            return "requests";
        case ErrorKind::TokenRateExceeded:
            return http_status(error) == 429 ? "tokens" : "invalid_request_error";
        case ErrorKind::Internal:
            return "server_error";
        case ErrorKind::Overloaded:
            return "service_unavailable_error";
        case ErrorKind::UpstreamUnavailable:
        case ErrorKind::UpstreamTimeout:
        case ErrorKind::UpstreamStalled:
        case ErrorKind::UpstreamTruncated:
        case ErrorKind::UpstreamMalformed:
            return http_status(error) == 429 ? "rate_limit_error" : "upstream_error";
        case ErrorKind::UpstreamRejected:
            return http_status(error) == 502 ? "upstream_error" : "invalid_request_error";
        default:
            return "invalid_request_error";
    }
}

void append_string_or_null(std::string& out, std::string_view text) {
    if (text.empty()) {
        out += "null";
    } else {
        append_json_string(out, text);
    }
}

}  // namespace

unsigned http_status(const Error& error) noexcept {
    switch (error.kind()) {
        case ErrorKind::InvalidRequest:
        case ErrorKind::MissingCapability:
            return 400;
        case ErrorKind::Unauthorized:
            return 401;
        case ErrorKind::ClassNotAllowed:
        case ErrorKind::ModelNotAllowed:
        case ErrorKind::EscalationDenied:
            return 403;
        case ErrorKind::BudgetExceeded:
            // Waiting helps, or never will.
            return error.code() == "budget_exceeded" ? 429 : 402;
        case ErrorKind::TooExpensive:
            return 402;
        case ErrorKind::RequestRateExceeded:
            return 429;
        case ErrorKind::TokenRateExceeded:
            // Likewise.
            return error.code() == "rate_limit_exceeded" ? 429 : 400;
        case ErrorKind::ModelNotFound:
        case ErrorKind::RouteNotFound:
            return 404;
        case ErrorKind::MethodNotAllowed:
            return 405;
        case ErrorKind::UpgradeRequired:
            return 426;
        case ErrorKind::RequestTimeout:
            return 408;
        case ErrorKind::PayloadTooLarge:
            return 413;
        case ErrorKind::UnsupportedMediaType:
            return 415;
        case ErrorKind::HeadTooLarge:
            return 431;
        case ErrorKind::ClientGone:
            return 499;
        case ErrorKind::Internal:
            return 500;
        case ErrorKind::UpstreamRejected:
            return status_of_rejection(error.status());
        case ErrorKind::UpstreamUnavailable:
            return status_of_unavailability(error.status());
        case ErrorKind::UpstreamTimeout:
        case ErrorKind::UpstreamStalled:
            return 504;
        case ErrorKind::UpstreamTruncated:
        case ErrorKind::UpstreamMalformed:
            return 502;
        case ErrorKind::Overloaded:
            return 503;
    }
    return 500;
}

std::string openai_error_body(const Error& error, std::string_view extra) {
    std::string body;
    body.reserve(error.message().size() + error.param().size() + extra.size() + 128);
    body += R"({"error":{"message":)";
    append_json_string(body, error.message());
    body += R"(,"type":)";
    append_json_string(body, type_of(error));
    body += R"(,"param":)";
    append_string_or_null(body, error.param());
    body += R"(,"code":)";
    append_string_or_null(body, error.code());
    body += extra;
    body += "}}";
    return body;
}

}  // namespace tierway::dialect
