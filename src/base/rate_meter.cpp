#include "tierway/base/rate_meter.hpp"

#include <algorithm>
#include <chrono>
#include <limits>

namespace tierway {
namespace {

constexpr std::int64_t kMinute = std::chrono::nanoseconds(std::chrono::minutes(1)).count();
// The largest product below.
static_assert(RateLimit::kAmountMax <= std::numeric_limits<std::int64_t>::max() / kMinute);

}  // namespace

Nanoseconds RateMeter::time_of(std::int64_t amount) const noexcept {
    const std::int64_t bounded = std::clamp(amount, -RateLimit::kAmountMax, RateLimit::kAmountMax);
    return Nanoseconds{bounded * kMinute / limit_.per_minute};
}

Nanoseconds RateMeter::backlog(SteadyTime now) const noexcept {
    return theoretical_arrival_ > now ? theoretical_arrival_ - now : Nanoseconds{0};
}

std::optional<SteadyTime> RateMeter::passes_at(std::int64_t amount, SteadyTime now) const noexcept {
    if (amount > limit_.burst) {
        return std::nullopt;
    }
    const Nanoseconds ahead = backlog(now) + time_of(std::max<std::int64_t>(amount, 0));
    return now + std::max(ahead - time_of(limit_.burst), Nanoseconds{0});
}

void RateMeter::take(std::int64_t amount, SteadyTime now) noexcept {
    correct(std::max<std::int64_t>(amount, 0), now);
}

void RateMeter::correct(std::int64_t difference, SteadyTime now) noexcept {
    // Neither term is more than some two hundred years, so their sum is one that nanoseconds can hold.
    const Nanoseconds ahead = std::min(backlog(now), kDebtMax) + time_of(difference);
    theoretical_arrival_ = now + std::clamp(ahead, Nanoseconds{0}, kDebtMax);
}

void RateMeter::set_limit(const RateLimit& limit, SteadyTime now) noexcept {
    const double ratio = static_cast<double>(limit_.per_minute) / static_cast<double>(limit.per_minute);
    const double ahead = static_cast<double>(std::min(backlog(now), kDebtMax).count()) * ratio;
    limit_ = limit;
    theoretical_arrival_ = now + Nanoseconds{static_cast<std::int64_t>(std::min(ahead, static_cast<double>(kDebtMax.count())))};
}

RateLevel RateMeter::level(SteadyTime now) const noexcept {
    const Nanoseconds ahead = backlog(now);
    const Nanoseconds room = std::max(time_of(limit_.burst) - ahead, Nanoseconds{0});
    // Up to a nanosecond for each amount was rounded away.
    const std::int64_t remaining = std::min((room.count() + 1) * limit_.per_minute / kMinute, limit_.burst);
    return {.limit = limit_.per_minute, .remaining = remaining, .reset = ahead};
}

}  // namespace tierway
