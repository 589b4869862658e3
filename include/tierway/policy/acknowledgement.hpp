#pragma once

#include <string_view>

#include "tierway/base/error.hpp"
#include "tierway/base/usd.hpp"

namespace tierway::policy {

/// Reads `x-tierway-acknowledge-usd`: what the caller accepts that this request costs in all. Strict, because a misread amount is
/// money: a plain decimal of at most nine decimals, up to 1,000,000.
/// Errors: InvalidRequest "invalid_acknowledgement".
Result<Usd> read_acknowledgement(std::string_view header_value);

}  // namespace tierway::policy
