#pragma once

#include <optional>
#include <string_view>

#include "tierway/base/error.hpp"
#include "tierway/config/snapshot.hpp"

namespace tierway::policy {

/// Reads `x-tierway-max-tier`: the highest tier the caller accepts for this request. It may only lower: a tier above what the
/// policy allows changes nothing. \param header_value empty when the header is absent: no ceiling. Errors: InvalidRequest
/// "tier_unknown" with a did-you-mean.
Result<std::optional<config::TierId>> read_request_ceiling(const config::Snapshot& snapshot, std::string_view header_value);

}  // namespace tierway::policy
