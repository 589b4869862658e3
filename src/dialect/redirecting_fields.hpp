#pragma once

#include <string_view>

#include "tierway/base/error.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect {

/// Whether a member of a request's root bears a name by which client libraries and other gateways let a request choose where a call
/// goes, and with which credential (RELIABILITY.md section 7, "JSON differential"): `api_base`, `extra_headers`. Such a request is
/// refused at every door, because its bytes may pass to a provider that heeds them.
bool redirects_the_call(std::string_view key) noexcept;

/// The refusal: InvalidRequest, "unsupported_parameter".
Error redirecting_field(std::string_view key);

/// Refuses a request that has such a member at its root.
Result<void> refuse_redirection(const wire::JsonValue& body);

}  // namespace tierway::dialect
