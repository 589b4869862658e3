#pragma once

#include <cstdint>

#include "tierway/base/error.hpp"
#include "tierway/base/time.hpp"

namespace tierway::net {

/// How far a server has come towards its end. In order; it never goes back.
enum class ServerPhase : std::uint8_t {
    Serving,
    Announced,  ///< Answers say `Connection: close`, but connections are still accepted: load balancers notice late.
    Closed,     ///< Nothing more is accepted and idle connections are closed; requests under way go on.
    Ending,     ///< Requests under way are told that their time is over.
};

/// When a drain reaches which phase (RELIABILITY.md section 1). Pure: the time is an argument.
class DrainSchedule {
public:
    /// How long requests whose time is over have to say so; then their connections are cut.
    static constexpr Milliseconds kLastWords{1'900};
    /// How long connections that were still in the system's queue when accepting stopped may take to be counted.
    static constexpr Milliseconds kSettling{100};

    /// \param delay   from `began` to the end of accepting.
    /// \param timeout from `began` to the end of requests under way; a shorter one than `delay` counts as `delay`.
    DrainSchedule(SteadyTime began, Milliseconds delay, Milliseconds timeout) noexcept;

    [[nodiscard]] ServerPhase phase(SteadyTime now) const noexcept;
    /// Whether there is nothing left to wait for. The delay is kept even when no connection is open.
    [[nodiscard]] bool over(SteadyTime now, unsigned live_connections) const noexcept;

private:
    SteadyTime closes_at_;
    SteadyTime ends_at_;
};

/// What a request is told whose time is over: 503 "server_shutting_down", or the same in-band once its answer has begun.
Error server_shutting_down();

}  // namespace tierway::net
