#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tierway/base/error.hpp"
#include "tierway/base/time.hpp"

namespace tierway::simulator {

/// Token counts to report instead of the true ones.
struct FixedUsage {
    std::int64_t prompt_tokens = 0;
    std::int64_t completion_tokens = 0;
    std::int64_t cached_tokens = 0;
    std::int64_t reasoning_tokens = 0;
};

/// How one request asks to be treated: faults for drills and tests, and forced fates. Nothing set: entirely normal.
/// Event counts count `data:` events from the start of the stream; the one that carries the role is the first.
struct Faults {
    // Instead of an answer.
    std::optional<unsigned> status;  ///< Refuse with this status.
    std::optional<std::int64_t> retry_after_seconds;
    std::string code;                    ///< Of the refusal's envelope.
    bool error_in_200 = false;           ///< An error envelope with status 200 (as the first event of a stream).
    bool silent = false;                 ///< Accept the request, send nothing.
    std::optional<std::uint64_t> times;  ///< Only the first so many such requests; later equal ones are treated normally.

    // When and how bytes travel.
    std::optional<Milliseconds> delay;  ///< Before the head.
    std::optional<Milliseconds> first_token_delay;
    std::optional<Milliseconds> pace;  ///< Before each further event.
    std::optional<std::size_t> split;  ///< Write pieces of so many bytes.

    // How a stream goes wrong; a whole answer goes wrong after half of it.
    std::optional<std::size_t> stall_after;
    std::optional<std::size_t> cut_after;
    std::optional<std::size_t> reset_after;
    std::optional<std::size_t> malformed_after;
    std::optional<std::size_t> error_after;
    bool no_done = false;
    bool no_usage = false;
    bool no_finish = false;
    bool comments = false;
    bool crlf = false;

    // What is answered.
    std::optional<bool> right;
    std::optional<bool> confident;
    std::optional<std::size_t> events;  ///< So many tokens of text.
    bool hedge = false;
    bool length = false;
    bool empty = false;
    bool refuse = false;   ///< In words.
    bool refusal = false;  ///< In the field made for it.
    std::optional<FixedUsage> usage;
};

/// Reads the directives of `metadata.simulate` and the header x-tierway-simulate-fault. Groups are separated by white space or
/// commas, directives inside a group by semicolons; a group may begin with `model:` and then concerns that model only:
///
///     status=503                                for every model
///     sim-small:status=429;retry_after=2        for sim-small only
///     sim-small:status=500 sim-mid:delay=500ms  each its own
///
/// Durations are `250ms` or `2s`, at most ten minutes. Groups for other models are checked too.
/// Errors: InvalidRequest, naming the directive and the known ones.
Result<Faults> parse_faults(std::string_view text, std::string_view model);

}  // namespace tierway::simulator
