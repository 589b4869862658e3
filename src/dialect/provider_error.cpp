#include <algorithm>
#include <array>

#include "dialect/provider_words.hpp"
#include "tierway/dialect/error_body.hpp"

namespace tierway::dialect {
namespace {

/// What a provider's code amounts to in ours, which are static. A code that is not listed is not passed on.
struct KnownCode {
    std::string_view theirs;
    std::string_view ours;
};

constexpr std::array kKnownCodes = {
    KnownCode{"context_length_exceeded", "context_length_exceeded"},
    KnownCode{"exceed_context_size_error", "context_length_exceeded"},
    KnownCode{"content_filter", "content_filter"},
    KnownCode{"ResponsibleAIPolicyViolation", "content_filter"},
    KnownCode{"content_policy_violation", "content_policy_violation"},
    KnownCode{"model_not_found", "model_not_found"},
    KnownCode{"DeploymentNotFound", "model_not_found"},
    KnownCode{"unsupported_parameter", "unsupported_parameter"},
    KnownCode{"unsupported_value", "unsupported_value"},
    KnownCode{"unknown_parameter", "unknown_parameter"},
    KnownCode{"invalid_value", "invalid_value"},
    KnownCode{"invalid_type", "invalid_type"},
    KnownCode{"invalid_prompt", "invalid_prompt"},
    KnownCode{"missing_required_parameter", "missing_required_parameter"},
    KnownCode{"string_above_max_length", "string_above_max_length"},
    KnownCode{"insufficient_quota", "insufficient_quota"},
    KnownCode{"credit_balance_exhausted", "insufficient_quota"},
    KnownCode{"billing_hard_limit_reached", "insufficient_quota"},
    KnownCode{"organization_spend_limit_exceeded", "insufficient_quota"},
    KnownCode{"project_spend_limit_exceeded", "insufficient_quota"},
    KnownCode{"organization_usage_limit_exceeded", "insufficient_quota"},
    KnownCode{"rate_limit_exceeded", "rate_limit_exceeded"},
    KnownCode{"rate_limit_error", "rate_limit_exceeded"},
    KnownCode{"RESOURCE_EXHAUSTED", "rate_limit_exceeded"},
    KnownCode{"slow_down", "rate_limit_exceeded"},
    KnownCode{"invalid_api_key", "invalid_api_key"},
    KnownCode{"authentication_error", "invalid_api_key"},
    KnownCode{"permission_error", "invalid_api_key"},
    KnownCode{"UNAUTHENTICATED", "invalid_api_key"},
    KnownCode{"PERMISSION_DENIED", "invalid_api_key"},
};

/// By this phrase several servers say what others say by a code. Words may quote the request, so that no phrase may decide more
/// than the code that the client sees.
constexpr std::string_view kContextPhrase = "maximum context length";

std::string_view known_code(const ProviderWords& words) noexcept {
    for (const std::string_view name : {std::string_view(words.code), std::string_view(words.type)}) {
        const auto* const known =
            std::find_if(kKnownCodes.begin(), kKnownCodes.end(), [name](const KnownCode& code) { return code.theirs == name; });
        if (known != kKnownCodes.end()) {
            return known->ours;
        }
    }
    return words.message.find(kContextPhrase) != std::string::npos ? "context_length_exceeded" : std::string_view{};
}

/// The status that an error inside a 200 would have had: the number some providers put into `code`, else what its name means.
unsigned status_of_embedded(const ProviderWords& words, std::string_view code) noexcept {
    if (words.code_number >= 400 && words.code_number <= 599) {
        return words.code_number;
    }
    if (code == "insufficient_quota" || code == "rate_limit_exceeded") {
        return 429;
    }
    if (code == "invalid_api_key") {
        return 401;
    }
    if (code == "model_not_found") {
        return 404;
    }
    const bool blames_request = words.type == "invalid_request_error" || words.type == "BadRequestError";
    return !code.empty() || blames_request ? 400 : 502;
}

enum class Meaning : std::uint8_t { Rejected, OutOfQuota, RateLimited, CredentialsRefused, Unavailable };

Meaning meaning_of(unsigned status, std::string_view code) noexcept {
    if (status == 402 || (code == "insufficient_quota" && status < 500)) {
        return Meaning::OutOfQuota;
    }
    if (status == 401 || status == 403 || (code == "invalid_api_key" && status < 500)) {
        return Meaning::CredentialsRefused;
    }
    switch (status) {
        case 429:
            return Meaning::RateLimited;
        case 407:  // A proxy between us and the provider, a slow request of ours, a dependency or capacity of the provider's.
        case 408:
        case 424:
        case 425:
        case 498:
            return Meaning::Unavailable;
        default:
            return status >= 400 && status <= 499 ? Meaning::Rejected : Meaning::Unavailable;
    }
}

std::string provider(std::string_view name) {
    return "Provider `" + std::string(name) + "`";
}

/// Appends the provider's own words when there are some.
std::string with_words(std::string sentence, const ProviderWords& words) {
    const std::string text = plain_text(words.message);
    return text.empty() ? sentence + "." : sentence + ": " + text;
}

Error error_for(Meaning meaning, unsigned status, const ProviderWords& words, std::string_view code, std::string_view name) {
    switch (meaning) {
        case Meaning::Rejected:
            return Error::upstream(ErrorKind::UpstreamRejected, code.empty() ? "upstream_rejected" : code,
                                   with_words(provider(name) + " refused the request", words))
                .with_param(plain_text(words.param));
        case Meaning::OutOfQuota:
            return Error::upstream(ErrorKind::UpstreamUnavailable, "insufficient_quota",
                                   provider(name) +
                                       " refuses to serve because this gateway's quota or balance there is used up. "
                                       "Only the gateway's operator can mend that.");
        case Meaning::RateLimited:
            return Error::upstream(ErrorKind::UpstreamUnavailable, "rate_limit_exceeded",
                                   with_words(provider(name) + " limits the rate of requests", words))
                .with_retry(Retry::Safe);
        case Meaning::CredentialsRefused:
            return Error::upstream(
                ErrorKind::UpstreamUnavailable, "upstream_refused_credentials",
                provider(name) + " refused this gateway's credentials. Only the gateway's operator can mend that.");
        case Meaning::Unavailable:
            break;
    }
    return Error::upstream(
               ErrorKind::UpstreamUnavailable, "upstream_unavailable",
               provider(name) + " could not serve the request (status " + std::to_string(status) + "). Try again in a moment.")
        .with_retry(Retry::Safe);
}

}  // namespace

Error error_from_provider(unsigned status, const wire::JsonValue& body, std::string_view provider_name) {
    const ProviderWords words = read_provider_words(body);
    const std::string_view code = known_code(words);
    const unsigned meant = status >= 400 ? status : status_of_embedded(words, code);
    return error_for(meaning_of(meant, code), meant, words, code, provider_name)
        .with_status(meant)
        .with_detail(detail_for_log(status, words));
}

}  // namespace tierway::dialect
