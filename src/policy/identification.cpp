#include "tierway/policy/identification.hpp"

#include <optional>

#include "tierway/base/sha256.hpp"

namespace tierway::policy {
namespace {

/// Hashing what no key can be would be work for nothing.
constexpr std::size_t kKeyBytesMax = 512;
constexpr std::string_view kBearer = "Bearer ";

Error unauthorized(std::string_view code, std::string_view problem) {
    return Error::downstream(ErrorKind::Unauthorized, code,
                             std::string(problem) + " Send a key that this gateway knows as `Authorization: Bearer KEY`.");
}

/// What the headers of one request come to.
struct Presented {
    std::string_view key;
    bool conflict = false;
    bool other_scheme = false;  ///< An `Authorization` that is not a bearer's.

    void add(std::string_view another) {
        if (another.empty()) {
            return;
        }
        conflict = conflict || (!key.empty() && key != another);
        key = another;
    }
};

std::string_view without_leading_spaces(std::string_view text) {
    return text.substr(std::min(text.find_first_not_of(' '), text.size()));
}

// The values are trimmed, so that a scheme without credentials has lost its space.
void add_authorization(std::string_view value, Presented& presented) {
    if (wire::starts_with_ignoring_case(value, kBearer)) {
        presented.add(without_leading_spaces(value.substr(kBearer.size())));
    } else if (!value.empty() && !wire::equals_ignoring_case(value, kBearer.substr(0, kBearer.size() - 1))) {
        presented.other_scheme = true;
    }
}

Presented presented_in(const wire::HttpFields& fields) {
    Presented presented;
    for (const wire::HttpField& field : fields) {
        if (wire::equals_ignoring_case(field.name, "authorization")) {
            add_authorization(field.value, presented);
        } else if (wire::equals_ignoring_case(field.name, "x-api-key") || wire::equals_ignoring_case(field.name, "api-key")) {
            presented.add(field.value);
        }
    }
    return presented;
}

}  // namespace

Result<const Principal*> identify(const config::Snapshot& snapshot, const wire::HttpFields& fields, WallTime now) {
    if (snapshot.keys.empty()) {
        return &local_principal();
    }
    const Presented presented = presented_in(fields);
    if (presented.conflict || (presented.other_scheme && !presented.key.empty())) {
        return Error::downstream(ErrorKind::InvalidRequest, "conflicting_api_keys",
                                 "The headers `Authorization`, `x-api-key` and `api-key` hold different keys; send one of them.");
    }
    if (presented.key.empty() && !presented.other_scheme) {
        return unauthorized("missing_api_key", "The request has no API key.");
    }
    if (!presented.key.empty() && presented.key.size() <= kKeyBytesMax) {
        const auto found = snapshot.key_ring.find(sha256(presented.key));
        if (found && now < snapshot.key(*found).expires.value_or(WallTime::max())) {
            return &snapshot.key(*found).principal;
        }
    }
    return unauthorized("invalid_api_key", "The API key is not valid.");
}

}  // namespace tierway::policy
