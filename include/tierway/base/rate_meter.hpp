#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "tierway/base/time.hpp"

namespace tierway {

/// How much may pass in a minute, and how much of that at once. Within any time t at most `burst + per_minute · t` passes: a
/// larger burst lets clients work unevenly, and what they ask must stand that much more at one moment.
struct RateLimit {
    static constexpr std::int64_t kAmountMax = 100'000'000;

    std::int64_t per_minute = 1;  ///< 1 to kAmountMax.
    std::int64_t burst = 1;       ///< 1 to `per_minute`.

    friend bool operator==(const RateLimit&, const RateLimit&) = default;
};

/// What a limit allows at one moment.
struct RateLevel {
    std::int64_t limit = 0;      ///< A minute's.
    std::int64_t remaining = 0;  ///< Would pass now, at once.
    Nanoseconds reset{0};        ///< Until the whole burst is there again.
};

/// The generic cell rate algorithm as a meter: the "virtual scheduling" form of ITU-T I.371, Annex A. Its whole state is the
/// theoretical arrival time: when everything that has passed would have passed at an even pace. An amount passes when that time,
/// moved on by the amount, is no more than the burst ahead of now. Pure; every time is an argument. A time before an earlier one
/// (threads that look at the clock and then wait for a lock, or a clock that is set back) makes it stricter for that long, never
/// laxer.
class RateMeter {
public:
    /// What was taken beyond the limit, by corrections, is remembered up to this.
    static constexpr Nanoseconds kDebtMax = std::chrono::hours(24);

    /// REQUIRES: a limit within its bounds, here and in `set_limit`.
    explicit RateMeter(const RateLimit& limit) noexcept : limit_(limit) {}

    /// When the amount may pass: `now`, or the first moment at which it does if nobody else takes anything; empty for what is
    /// more than the burst and never does.
    [[nodiscard]] std::optional<SteadyTime> passes_at(std::int64_t amount, SteadyTime now) const noexcept;
    /// The amount passes. It is not asked again whether it may.
    void take(std::int64_t amount, SteadyTime now) noexcept;
    /// What was taken has turned out to be so much more, or less (negative). More is charged whether it may pass or not. Less is
    /// given back, to the whole burst at most: what has flowed back meanwhile is not given twice.
    void correct(std::int64_t difference, SteadyTime now) noexcept;
    /// Another limit from now on. What was taken under the old one still counts as that much.
    void set_limit(const RateLimit& limit, SteadyTime now) noexcept;

    [[nodiscard]] const RateLimit& limit() const noexcept { return limit_; }
    [[nodiscard]] RateLevel level(SteadyTime now) const noexcept;

private:
    /// How long an amount takes at an even pace. Rounded down, by less than a nanosecond: else a burst would not quite fit.
    [[nodiscard]] Nanoseconds time_of(std::int64_t amount) const noexcept;
    [[nodiscard]] Nanoseconds backlog(SteadyTime now) const noexcept;

    RateLimit limit_;
    SteadyTime theoretical_arrival_ = SteadyTime::min();
};

}  // namespace tierway
