#pragma once

#include <string>

#include "tierway/wire/sigv4.hpp"

namespace tierway::wire {

/// A request in the one spelling that both sides hash.
struct CanonicalRequest {
    std::string text;
    std::string signed_names;  ///< "content-type;host;x-amz-date"
};

/// \param date as in `x-amz-date`. \param session_token empty: there is none.
CanonicalRequest canonical_request(const SigV4Request& request, std::string_view date, std::string_view session_token);

}  // namespace tierway::wire
