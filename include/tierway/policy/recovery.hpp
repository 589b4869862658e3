#pragma once

#include <string_view>

#include "tierway/base/error.hpp"
#include "tierway/config/snapshot.hpp"

namespace tierway::policy {

/// Reads `x-tierway-recovery`: what a stream does when its upstream fails half-way, for this request. `fail` and `buffered` are
/// anybody's choice; `continue` only where the class says so, because it costs a second prompt. \param header_value empty when
/// the header is absent: the class's own. Errors: InvalidRequest "invalid_recovery".
Result<config::Recovery> read_recovery(const config::RequestClass& request_class, std::string_view header_value);

}  // namespace tierway::policy
