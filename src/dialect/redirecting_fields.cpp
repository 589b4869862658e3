#include "dialect/redirecting_fields.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace tierway::dialect {
namespace {

constexpr std::size_t kNameToldBytesMax = 256;

/// In lower case without separators: `api_base`, `apiBase` and `API-BASE` are one.
constexpr std::array<std::string_view, 11> kRedirectingFields = {"apibase",           "baseurl", "apibaseurl",   "apikey",
                                                                 "apiversion",        "apitype", "organization", "extrabody",
                                                                 "customllmprovider", "headers", "extraheaders"};

constexpr std::size_t kShortestBytes =
    std::min_element(kRedirectingFields.begin(), kRedirectingFields.end(), [](std::string_view a, std::string_view b) {
        return a.size() < b.size();
    })->size();

}  // namespace

bool redirects_the_call(std::string_view key) noexcept {
    if (key.size() < kShortestBytes) {
        return false;
    }
    constexpr std::size_t kNameBytesMax = 64;
    std::array<char, kNameBytesMax> buffer{};
    std::size_t size = 0;
    // Only the end of a longer key matters: it may still be a `…_headers`.
    const std::string_view tail = key.substr(key.size() - std::min(key.size(), kNameBytesMax));
    for (const char c : tail) {
        if (c != '_' && c != '-') {
            buffer[size++] = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        }
    }
    const std::string_view name(buffer.data(), size);
    return name.ends_with("headers") ||
           (key.size() <= kNameBytesMax &&
            std::find(kRedirectingFields.begin(), kRedirectingFields.end(), name) != kRedirectingFields.end());
}

Error redirecting_field(std::string_view key) {
    std::string name(key.substr(0, kNameToldBytesMax));
    std::string message = "Unsupported parameter: '" + name +
                          "'. Providers, their addresses and their credentials are configured by this gateway's operator; "
                          "remove the field from the request body.";
    return Error::downstream(ErrorKind::InvalidRequest, "unsupported_parameter", std::move(message)).with_param(std::move(name));
}

Result<void> refuse_redirection(const wire::JsonValue& body) {
    std::string scratch;
    for (const wire::JsonValue member : body) {
        if (const std::string_view key = member.key(scratch); redirects_the_call(key)) {
            return redirecting_field(key);
        }
    }
    return {};
}

}  // namespace tierway::dialect
