#pragma once

#include <optional>
#include <string_view>

#include "tierway/base/error.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/policy/principal.hpp"

namespace tierway::policy {

/// Reads `x-tierway-class`. \param header_value empty when the header is absent: nothing is declared.
/// Errors: ClassNotAllowed "class_not_allowed" when the principal may not declare it (nor a class that does not exist, so that
/// such a caller cannot probe for names); InvalidRequest "class_unknown" with a did-you-mean.
Result<std::optional<config::ClassId>> read_declared_class(const config::Snapshot& snapshot, const Principal& principal,
                                                           std::string_view header_value);

}  // namespace tierway::policy
