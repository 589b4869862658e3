#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "tierway/base/time.hpp"

namespace tierway::tracing {

/// Whether a collector took an export. \param status of its answer; 0: there was none.
constexpr bool is_taken(unsigned status) noexcept {
    return status >= 200 && status < 300;
}

/// After how long an export that was not taken is sent again; empty: never. By OTLP's rules 429, 502, 503, 504 and silence may
/// pass, everything else would be refused again. The waits double from one second and are spread, because many processes may have
/// lost the same collector; a `Retry-After` counts instead, unless it is longer than spans can wait.
/// \param tries made so far, at least 1. \param chance from 0 to 1.
std::optional<Milliseconds> wait_before_retry(unsigned status, std::optional<Milliseconds> retry_after, unsigned tries,
                                              double chance);

/// What a collector did not take of an export that it took otherwise (`ExportTracePartialSuccess`).
struct Rejection {
    std::size_t spans = 0;
    std::string why;  ///< In the collector's words.
};

/// \param body of the answer: OTLP's JSON. What is none rejects nothing.
Rejection rejection_in(std::string_view body);

}  // namespace tierway::tracing
