#include "gateway/redaction.hpp"

#include <string>
#include <string_view>

namespace tierway::gateway {
namespace {

constexpr std::size_t kSecretBytesMin = 8;
constexpr std::string_view kRedacted = "[redacted]";

std::string redacted(std::string_view text, std::string_view secret) {
    std::string result(text);
    for (std::size_t at = result.find(secret); at != std::string::npos; at = result.find(secret, at + kRedacted.size())) {
        result.replace(at, secret.size(), kRedacted);
    }
    return result;
}

}  // namespace

Error without_secret(const Error& error, const Secret& secret) {
    const std::string_view hidden = secret.reveal();
    const auto holds_it = [hidden](std::string_view text) { return text.find(hidden) != std::string_view::npos; };
    if (hidden.size() < kSecretBytesMin || !(holds_it(error.message()) || holds_it(error.detail()) || holds_it(error.param()))) {
        return error;
    }
    return Error(error.kind(), error.source(), error.code(), redacted(error.message(), hidden))
        .with_param(redacted(error.param(), hidden))
        .with_detail(redacted(error.detail(), hidden))
        .with_retry(error.retry())
        .with_status(error.status());
}

}  // namespace tierway::gateway
