#pragma once

#include <string_view>

#include "tierway/base/error.hpp"

namespace tierway::dialect {

/// Whether a member's name is one by which client libraries and other gateways let a request choose where a call goes, and with
/// which credential (RELIABILITY.md section 7, "JSON differential"): `api_base`, `apiBase` and `API-BASE` are one.
bool redirects_the_call(std::string_view key) noexcept;

/// The refusal of such a member.
Error redirecting_field(std::string_view key);

}  // namespace tierway::dialect
