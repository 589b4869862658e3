#include "tierway/upstream/health_board.hpp"

#include <algorithm>
#include <mutex>
#include <string>
#include <utility>

#include "tierway/base/assert.hpp"

namespace tierway::upstream {
namespace {

/// Two cache lines, because processors fetch them in pairs.
constexpr std::size_t kApart = 128;

}  // namespace

struct alignas(kApart) HealthEntry {
    HealthEntry(std::string made_for, const config::Snapshot& snapshot, const RateLimits& limits, SteadyTime now)
        : deployment(std::move(made_for)), breaker(snapshot.breaker, now), retry(snapshot.retry), pace(limits) {}

    [[nodiscard]] bool has_budget_for_retry() const noexcept {
        const double share = retry.budget_share * (static_cast<double>(pace.under_way()) + 1.0);
        return static_cast<double>(retries_in_flight) + 1.0 <= std::max(static_cast<double>(retry.budget_min), share);
    }

    const std::string deployment;
    mutable std::mutex mutex;  ///< Guards all below.
    Breaker breaker;
    config::RetryLimits retry;
    RateCounters pace;  ///< Its places are the attempts under way.
    unsigned retries_in_flight = 0;
};

Permit::Permit(Permit&& other) noexcept
    : entry_(std::exchange(other.entry_, nullptr)),
      ticket_(other.ticket_),
      kind_(other.kind_),
      tokens_(other.tokens_),
      limited_by_(other.limited_by_) {}

Permit& Permit::operator=(Permit&& other) noexcept {
    // What this one held is given back here, not when the other ends.
    Permit taken(std::move(other));
    std::swap(entry_, taken.entry_);
    std::swap(ticket_, taken.ticket_);
    std::swap(kind_, taken.kind_);
    std::swap(tokens_, taken.tokens_);
    std::swap(limited_by_, taken.limited_by_);
    return *this;
}

Permit::~Permit() {
    if (entry_ != nullptr) {
        // What says nothing is not counted at any time.
        settle(Evidence::None, SteadyTime());
    }
}

void Permit::answering(SteadyTime now) {
    TIERWAY_ASSERT(entry_ != nullptr);
    const std::lock_guard lock(entry_->mutex);
    entry_->breaker.answering(ticket_, now);
}

void Permit::settle(Evidence evidence, SteadyTime now, std::optional<Milliseconds> cool_down) {
    TIERWAY_ASSERT(entry_ != nullptr);
    HealthEntry& entry = *std::exchange(entry_, nullptr);
    const std::lock_guard lock(entry.mutex);
    entry.pace.leave();
    if (kind_ == AttemptKind::Retry) {
        --entry.retries_in_flight;
    }
    entry.breaker.settle(ticket_, evidence, now);
    if (cool_down) {
        entry.breaker.cool_down(*cool_down, now);
    }
}

void Permit::used(std::int64_t tokens, bool known, SteadyTime now) {
    TIERWAY_ASSERT(entry_ != nullptr);
    const std::int64_t used = known ? tokens : std::max(tokens, tokens_);
    const std::int64_t difference = used - std::exchange(tokens_, used);
    const std::lock_guard lock(entry_->mutex);
    entry_->pace.correct_tokens(difference, now);
}

void Permit::withdraw(SteadyTime now) {
    used(0, true, now);
    {
        const std::lock_guard lock(entry_->mutex);
        entry_->pace.give_back_request(now);
    }
    settle(Evidence::None, now);
}

HealthBoard::HealthBoard(const config::Snapshot& snapshot, SteadyTime now, const HealthBoard* previous) {
    entries_.reserve(snapshot.models.size());
    for (std::size_t id = 0; id < snapshot.models.size(); ++id) {
        const config::Model& model = snapshot.models[id];
        std::string deployment = snapshot.deployment_of(config::ModelId(id));
        if (previous != nullptr) {
            const auto& known = previous->entries_;
            const auto same =
                std::find_if(known.begin(), known.end(), [&](const auto& entry) { return entry->deployment == deployment; });
            if (same != known.end()) {
                const std::lock_guard lock((*same)->mutex);
                (*same)->breaker.set_limits(snapshot.breaker);
                (*same)->retry = snapshot.retry;
                (*same)->pace.set_limits(model.limits, now);
                entries_.push_back(*same);
                continue;
            }
        }
        entries_.push_back(std::make_shared<HealthEntry>(std::move(deployment), snapshot, model.limits, now));
    }
}

HealthBoard::~HealthBoard() = default;

Permit HealthBoard::admit(config::ModelId model, AttemptKind kind, SteadyTime now, const TokenDemand& tokens) {
    HealthEntry& entry = *entries_[config::index_of(model)];
    const std::lock_guard lock(entry.mutex);
    if (kind == AttemptKind::Retry && !entry.has_budget_for_retry()) {
        return {};
    }
    // Before the breaker: its leave may be that for a probe, which must not be lost.
    const RateVerdict pace = entry.pace.check(tokens, now);
    if (!pace.granted() && entry.breaker.available_at(now) <= now) {
        return Permit(*pace.refused_by);
    }
    const auto ticket = pace.granted() ? entry.breaker.admit(now) : std::nullopt;
    if (!ticket) {
        return {};
    }
    const std::int64_t taken = entry.pace.take(tokens, now);
    if (kind == AttemptKind::Retry) {
        ++entry.retries_in_flight;
    }
    return {entry, *ticket, kind, taken};
}

SteadyTime HealthBoard::available_at(config::ModelId model, SteadyTime now, const TokenDemand& tokens) const {
    const HealthEntry& entry = *entries_[config::index_of(model)];
    const std::lock_guard lock(entry.mutex);
    return std::max(entry.breaker.available_at(now), entry.pace.check(tokens, now).passes_at);
}

ModelHealth HealthBoard::health(config::ModelId model, SteadyTime now) const {
    const HealthEntry& entry = *entries_[config::index_of(model)];
    const std::lock_guard lock(entry.mutex);
    const Breaker& breaker = entry.breaker;
    return {.state = breaker.state(now),
            .since = breaker.since(),
            .consecutive_failures = breaker.consecutive_failures(),
            .openings = breaker.openings(),
            .open_until = breaker.open_until(now),
            .cooling_until = breaker.cooling_until(now),
            .in_flight = entry.pace.under_way(),
            .retries_in_flight = entry.retries_in_flight,
            .limits = entry.pace.levels(now),
            .concurrent = entry.pace.concurrent()};
}

}  // namespace tierway::upstream
