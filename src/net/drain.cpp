#include "tierway/net/drain.hpp"

#include <algorithm>

namespace tierway::net {

DrainSchedule::DrainSchedule(SteadyTime began, Milliseconds delay, Milliseconds timeout) noexcept
    : closes_at_(began + delay), ends_at_(began + std::max(delay, timeout)) {}

ServerPhase DrainSchedule::phase(SteadyTime now) const noexcept {
    if (now >= ends_at_) {
        return ServerPhase::Ending;
    }
    return now >= closes_at_ ? ServerPhase::Closed : ServerPhase::Announced;
}

bool DrainSchedule::over(SteadyTime now, unsigned live_connections) const noexcept {
    return now >= ends_at_ + kLastWords || (now >= closes_at_ + kSettling && live_connections == 0);
}

Error server_shutting_down() {
    return {ErrorKind::Overloaded, ErrorSource::Internal, "server_shutting_down",
            "The gateway is shutting down. Send the request again; another instance will take it."};
}

}  // namespace tierway::net
