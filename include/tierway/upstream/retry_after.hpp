#pragma once

#include <optional>
#include <string_view>

#include "tierway/base/time.hpp"

namespace tierway::upstream {

/// Reads `Retry-After` (seconds or an HTTP date, RFC 9110 section 10.2.3) or `retry-after-ms`, which wins when it is a number.
/// Numbers may have a fraction, as some providers write one, and are rounded up. Of the date's forms only the one that may be
/// sent today (IMF-fixdate) is read; a date gone by is a wait of zero. At most one day.
/// Empty when there is none or it is no such value.
std::optional<Milliseconds> read_retry_after(std::string_view retry_after, std::string_view retry_after_ms, WallTime now);

}  // namespace tierway::upstream
