#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tierway::lab {

/// Rounded to so many decimals, all of them written.
std::string fixed(double value, unsigned decimals);
/// Likewise, times a factor; a dash for what has no meaning.
std::string or_dash(const std::optional<double>& value, unsigned decimals, double times = 1.0);
/// A difference of shares in percentage points, with its sign.
std::string points(double share);
/// Text for an HTML element or a quoted attribute: nothing in it can end either.
std::string html(std::string_view text);

}  // namespace tierway::lab
