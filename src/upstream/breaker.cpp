#include "tierway/upstream/breaker.hpp"

#include <algorithm>

namespace tierway::upstream {
namespace {

/// How long a probe is said to take when somebody asks while one is out.
constexpr Milliseconds kProbeTime{1'000};
/// Any configured time reaches its bound with fewer.
constexpr unsigned kDoublingsMax = 32;

}  // namespace

std::string_view name_of(BreakerState state) noexcept {
    switch (state) {
        case BreakerState::Closed:
            return "closed";
        case BreakerState::Open:
            return "open";
        case BreakerState::HalfOpen:
            return "half_open";
    }
    return "closed";
}

Breaker::Breaker(const config::BreakerLimits& limits, SteadyTime now) noexcept : limits_(limits), since_(now) {}

std::optional<Breaker::Ticket> Breaker::admit(SteadyTime now) noexcept {
    if (now < cooling_until_) {
        return std::nullopt;
    }
    if (closed_) {
        return Ticket{epoch_, false};
    }
    if (probing_ || now < open_until_) {
        return std::nullopt;
    }
    probing_ = true;
    return Ticket{epoch_, true};
}

void Breaker::answering(Ticket& ticket, SteadyTime now) noexcept {
    if (ticket.probe && ticket.epoch == epoch_) {
        close(now);
        ticket = {epoch_, false};
    }
}

void Breaker::settle(const Ticket& ticket, Evidence evidence, SteadyTime now) noexcept {
    if (ticket.epoch != epoch_) {
        return;
    }
    if (!ticket.probe) {
        count(evidence, now);
        return;
    }
    probing_ = false;
    if (evidence == Evidence::Healthy) {
        close(now);
    } else if (evidence == Evidence::Failing) {
        doublings_ = std::min(doublings_ + 1, kDoublingsMax);
        open_until_ = now + open_time();
    }
}

void Breaker::cool_down(Milliseconds time, SteadyTime now) noexcept {
    cooling_until_ = std::max(cooling_until_, now + std::min(time, limits_.open_max));
}

void Breaker::set_limits(const config::BreakerLimits& limits) noexcept {
    // The tenths of another window are not comparable.
    if (limits.window != limits_.window) {
        window_ = {};
    }
    limits_ = limits;
}

BreakerState Breaker::state(SteadyTime now) const noexcept {
    if (closed_) {
        return BreakerState::Closed;
    }
    return now < open_until_ ? BreakerState::Open : BreakerState::HalfOpen;
}

SteadyTime Breaker::available_at(SteadyTime now) const noexcept {
    SteadyTime at = now;
    if (!closed_) {
        at = probing_ ? now + kProbeTime : std::max(now, open_until_);
    }
    return std::max(at, cooling_until_);
}

std::optional<SteadyTime> Breaker::open_until(SteadyTime now) const noexcept {
    return state(now) == BreakerState::Open ? std::optional(open_until_) : std::nullopt;
}

std::optional<SteadyTime> Breaker::cooling_until(SteadyTime now) const noexcept {
    return now < cooling_until_ ? std::optional(cooling_until_) : std::nullopt;
}

std::int64_t Breaker::tick_of(SteadyTime now) const noexcept {
    return now.time_since_epoch() / std::max<SteadyTime::duration>(limits_.window / kBuckets, SteadyTime::duration(1));
}

void Breaker::count(Evidence evidence, SteadyTime now) noexcept {
    if (evidence == Evidence::None) {
        return;
    }
    const std::int64_t tick = tick_of(now);
    Bucket& bucket = window_[static_cast<std::size_t>(static_cast<std::uint64_t>(tick) % kBuckets)];
    if (bucket.tick != tick) {
        bucket = {tick, 0, 0};
    }
    if (evidence == Evidence::Healthy) {
        ++bucket.healthy;
        consecutive_failures_ = 0;
        return;
    }
    ++bucket.failing;
    ++consecutive_failures_;
    const bool may_open = !recovered_ || now - since_ >= limits_.open_first;
    if (may_open && (consecutive_failures_ >= limits_.consecutive_failures || too_few_succeed(now))) {
        open(now);
    }
}

bool Breaker::too_few_succeed(SteadyTime now) const noexcept {
    const std::int64_t oldest = tick_of(now) - static_cast<std::int64_t>(kBuckets) + 1;
    std::uint64_t healthy = 0;
    std::uint64_t all = 0;
    for (const Bucket& bucket : window_) {
        if (bucket.tick >= oldest) {
            healthy += bucket.healthy;
            all += bucket.healthy + bucket.failing;
        }
    }
    return all >= limits_.window_requests_min &&
           static_cast<double>(healthy) < limits_.success_share_min * static_cast<double>(all);
}

Milliseconds Breaker::open_time() const noexcept {
    Milliseconds time = limits_.open_first;
    for (unsigned i = 0; i < doublings_ && time < limits_.open_max; ++i) {
        time *= 2;
    }
    return std::min(time, limits_.open_max);
}

void Breaker::open(SteadyTime now) noexcept {
    const bool relapsed = recovered_ && now - since_ < limits_.open_max;
    doublings_ = relapsed ? std::min(doublings_ + 1, kDoublingsMax) : 0;
    closed_ = false;
    since_ = now;
    open_until_ = now + open_time();
    ++openings_;
    ++epoch_;
}

void Breaker::close(SteadyTime now) noexcept {
    closed_ = true;
    recovered_ = true;
    probing_ = false;
    since_ = now;
    consecutive_failures_ = 0;
    window_ = {};
    ++epoch_;
}

}  // namespace tierway::upstream
