#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "tierway/base/time.hpp"
#include "tierway/config/failure_limits.hpp"
#include "tierway/upstream/failure_meaning.hpp"

namespace tierway::upstream {

enum class BreakerState : std::uint8_t {
    Closed,    ///< "closed": every attempt is let through.
    Open,      ///< "open": none is.
    HalfOpen,  ///< "half_open": one at a time is, to find out whether the model answers again.
};
std::string_view name_of(BreakerState state) noexcept;

/// The health of one model, and whether it may be asked now. Pure: the time is an argument. Not thread-safe.
///
/// - Closed → open: after so many failures in a row, or when too few of the attempts of a sliding window went well and there were
///   enough of them to tell.
/// - Open for `open_first`, then half-open: one attempt at a time is a *probe*. A probe that fails opens it again for twice as
///   long, up to `open_max`; one that answers closes it; one that says nothing (a refused request, a client that left) only makes
///   room for the next.
/// - A model that was closed again is given `open_first` before it can open anew, so that one that comes and goes does not
///   make the routing flap; failures in that time are counted and take effect at its end. Opening anew within `open_max` of
///   having closed doubles the time as a failed probe would; a model that stayed well for longer begins at `open_first`.
/// - A cool-down (a 429's Retry-After) keeps every attempt away for its time whatever the state, and is no failure.
///
/// Attempts that were let through before the state changed say nothing of the model's present health: their evidence is dropped.
class Breaker {
public:
    /// What an attempt was let through as.
    struct Ticket {
        std::uint32_t epoch = 0;
        bool probe = false;
    };

    explicit Breaker(const config::BreakerLimits& limits, SteadyTime now) noexcept;

    /// Lets an attempt through, or not. Each ticket must be settled once.
    std::optional<Ticket> admit(SteadyTime now) noexcept;
    /// Says early that the answer has begun, so that a probe need not last as long as a stream does: it closes the breaker. The
    /// ticket remains to be settled and then counts as any attempt.
    void answering(Ticket& ticket, SteadyTime now) noexcept;
    void settle(const Ticket& ticket, Evidence evidence, SteadyTime now) noexcept;
    /// Keeps attempts away until then, at most for `open_max` and never shorter than before.
    void cool_down(Milliseconds time, SteadyTime now) noexcept;

    /// The limits of a new configuration; what was seen so far stays.
    void set_limits(const config::BreakerLimits& limits) noexcept;

    [[nodiscard]] BreakerState state(SteadyTime now) const noexcept;
    /// When an attempt may be let through; not after `now` when one may be at once. While a probe is out nobody knows: a second.
    [[nodiscard]] SteadyTime available_at(SteadyTime now) const noexcept;
    /// When it last opened from closed or closed.
    [[nodiscard]] SteadyTime since() const noexcept { return since_; }
    /// Until when it is open; empty unless it is.
    [[nodiscard]] std::optional<SteadyTime> open_until(SteadyTime now) const noexcept;
    /// Until when it cools down; empty unless it does.
    [[nodiscard]] std::optional<SteadyTime> cooling_until(SteadyTime now) const noexcept;
    [[nodiscard]] unsigned consecutive_failures() const noexcept { return consecutive_failures_; }
    /// How often it has opened from closed.
    [[nodiscard]] std::uint64_t openings() const noexcept { return openings_; }

private:
    struct Bucket {
        std::int64_t tick = 0;  ///< Which tenth of a window, counted from the clock's zero.
        std::uint32_t healthy = 0;
        std::uint32_t failing = 0;
    };
    static constexpr std::size_t kBuckets = 10;

    [[nodiscard]] std::int64_t tick_of(SteadyTime now) const noexcept;
    void count(Evidence evidence, SteadyTime now) noexcept;
    [[nodiscard]] bool too_few_succeed(SteadyTime now) const noexcept;
    [[nodiscard]] Milliseconds open_time() const noexcept;
    void open(SteadyTime now) noexcept;
    void close(SteadyTime now) noexcept;

    config::BreakerLimits limits_;
    std::array<Bucket, kBuckets> window_{};
    SteadyTime since_;
    SteadyTime open_until_ = SteadyTime::min();
    SteadyTime cooling_until_ = SteadyTime::min();
    std::uint64_t openings_ = 0;
    std::uint32_t epoch_ = 0;  ///< Of the state; a ticket of another one is stale.
    unsigned consecutive_failures_ = 0;
    unsigned doublings_ = 0;
    bool closed_ = true;
    bool recovered_ = false;  ///< `since_` is when it closed, not when it was made.
    bool probing_ = false;
};

}  // namespace tierway::upstream
