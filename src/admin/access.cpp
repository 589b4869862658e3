#include "admin/access.hpp"

#include <openssl/crypto.h>

#include <algorithm>

#include "tierway/config/snapshot.hpp"

namespace tierway::admin {
namespace {

constexpr std::string_view kBearer = "Bearer ";
/// Hashing what no token can be would be work for nothing.
constexpr std::size_t kTokenBytesMax = 8192;

/// The host of "host:port", "host", "[::1]:port" or "[::1]", without brackets.
std::string_view host_of(std::string_view authority) {
    if (authority.starts_with('[')) {
        const std::size_t close = authority.find(']');
        return close == std::string_view::npos ? std::string_view{} : authority.substr(1, close - 1);
    }
    return authority.substr(0, authority.find(':'));
}

bool ends_with_ignoring_case(std::string_view text, std::string_view end) {
    return text.size() >= end.size() && wire::equals_ignoring_case(text.substr(text.size() - end.size()), end);
}

/// Whether no name server can make the host mean another machine, or has made it mean this one (RFC 6761 section 6.3).
bool names_this_machine(std::string_view authority) {
    const std::string_view host = host_of(authority);
    return wire::equals_ignoring_case(host, "localhost") || ends_with_ignoring_case(host, ".localhost") ||
           config::Endpoint{std::string(host), 0}.is_loopback();
}

/// Whether a browser says that a page of another site asks. Clients that are no browsers send no `Origin`.
bool is_foreign(std::string_view origin, std::string_view authority) {
    const std::size_t scheme_end = origin.find("://");
    return !origin.empty() &&
           (scheme_end == std::string_view::npos || !wire::equals_ignoring_case(origin.substr(scheme_end + 3), authority));
}

}  // namespace

Access::Access(const Secret& token) {
    if (!token.empty()) {
        token_digest_ = sha256(token.reveal());
    }
}

// Digests are compared, so that neither the time nor the length tells how much of a guess is right.
bool Access::holds_token(const wire::HttpFields& fields) const {
    const std::string_view value = fields.get("authorization");
    if (fields.count("authorization") != 1 || value.size() > kTokenBytesMax ||
        !wire::starts_with_ignoring_case(value, kBearer)) {
        return false;
    }
    std::string_view presented = value.substr(kBearer.size());
    presented.remove_prefix(std::min(presented.find_first_not_of(' '), presented.size()));
    const Sha256 digest = sha256(presented);
    return CRYPTO_memcmp(digest.data(), token_digest_->data(), digest.size()) == 0;
}

std::optional<Refusal> Access::refusal(Audience audience, std::string_view method, const wire::HttpFields& fields) const {
    if (audience == Audience::Everybody) {
        return std::nullopt;
    }
    if (token_digest_) {
        // No browser adds a bearer token by itself, so whose page asks does not matter.
        if (audience == Audience::Browsers || holds_token(fields)) {
            return std::nullopt;
        }
        return Refusal{401, "Send the token of `admin.token` as `Authorization: Bearer TOKEN`."};
    }
    if (!names_this_machine(fields.get("host"))) {
        return Refusal{403,
                       "Without `admin.token` the admin plane answers to names of this machine only: ask for 127.0.0.1, [::1] or "
                       "localhost, or set a token."};
    }
    if (method != "GET" && is_foreign(fields.get("origin"), fields.get("host"))) {
        return Refusal{403, "Pages of other sites may not post to the admin plane."};
    }
    return std::nullopt;
}

}  // namespace tierway::admin
