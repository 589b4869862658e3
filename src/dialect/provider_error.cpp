#include "dialect/provider_codes.hpp"
#include "dialect/provider_words.hpp"
#include "tierway/dialect/error_body.hpp"

namespace tierway::dialect {
namespace {

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
    if (code == "overloaded") {
        return 503;
    }
    if (words.type == "request_too_large") {  // Anthropic, as the next.
        return 413;
    }
    if (words.type == "timeout_error") {
        return 504;
    }
    const bool blames_request = words.type == "invalid_request_error" || words.type == "BadRequestError" ||
                                words.type == "INVALID_ARGUMENT" || words.type == "ValidationException";
    return !code.empty() || blames_request ? 400 : 502;
}

/// Refusals of what the request says, which some providers send with a status that blames somebody else.
bool concerns_the_request(std::string_view code) noexcept {
    return code == "context_length_exceeded" || code == "content_filter" || code == "content_policy_violation";
}

/// The status that says what the code says, where a provider sends another: a code is the narrower word.
unsigned status_for(std::string_view code, unsigned status) noexcept {
    if (concerns_the_request(code)) {
        return status == 413 || status == 422 ? status : 400;
    }
    if (code == "insufficient_quota" && status < 500) {
        return status == 402 ? status : 429;
    }
    if (code == "overloaded") {
        return status == 429 || status >= 500 ? status : 503;
    }
    return status;
}

enum class Meaning : std::uint8_t { Rejected, OutOfQuota, RateLimited, CredentialsRefused, Unavailable };

Meaning meaning_of(unsigned status, std::string_view code) noexcept {
    if (concerns_the_request(code)) {
        return Meaning::Rejected;
    }
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

Error error_from_provider(unsigned status, const wire::JsonValue& body, std::string_view provider_name,
                          std::string_view error_type) {
    ProviderWords words = read_provider_words(body);
    if (!error_type.empty()) {
        words.type = exception_name(error_type);
    }
    const std::string_view code = code_of(status, words);
    const unsigned meant = status_for(code, status >= 400 ? status : status_of_embedded(words, code));
    return error_for(meaning_of(meant, code), meant, words, code, provider_name)
        .with_status(meant)
        .with_detail(detail_for_log(status, words));
}

}  // namespace tierway::dialect
