#include "tierway/ledger/rate_board.hpp"

#include <algorithm>
#include <mutex>
#include <string>

namespace tierway::ledger {
namespace {

/// Two cache lines, because processors fetch them in pairs.
constexpr std::size_t kApart = 128;

}  // namespace

struct alignas(kApart) RateEntry {
    RateEntry(std::string made_for, const RateLimits& limits) : principal_id(std::move(made_for)), counters(limits) {}

    const std::string principal_id;
    std::mutex mutex;  ///< Guards all below.
    RateCounters counters;
};

RateHold& RateHold::operator=(RateHold&& other) noexcept {
    // What this one held is given back here, not when the other ends.
    if (this != &other) {
        end();
        entry_ = std::move(other.entry_);
        tokens_ = other.tokens_;
    }
    return *this;
}

RateHold::~RateHold() {
    end();
}

void RateHold::end() noexcept {
    if (const auto entry = std::exchange(entry_, nullptr)) {
        const std::lock_guard lock(entry->mutex);
        entry->counters.leave();
    }
}

void RateHold::settle(std::int64_t tokens, bool known, SteadyTime now) {
    if (entry_ == nullptr) {
        return;
    }
    const std::int64_t used = known ? tokens : std::max(tokens, tokens_);
    const std::int64_t difference = used - std::exchange(tokens_, used);
    const std::lock_guard lock(entry_->mutex);
    entry_->counters.correct_tokens(difference, now);
}

void RateHold::withdraw(SteadyTime now) {
    if (entry_ == nullptr) {
        return;
    }
    settle(0, true, now);
    {
        const std::lock_guard lock(entry_->mutex);
        entry_->counters.give_back_request(now);
    }
    end();
}

RateBoard::RateBoard(const config::Snapshot& snapshot, SteadyTime now, const RateBoard* previous) {
    entries_.reserve(snapshot.keys.size());
    for (const config::AccessKey& key : snapshot.keys) {
        const config::Principal& principal = key.principal;
        if (!principal.limits.any()) {
            entries_.push_back(nullptr);
            continue;
        }
        if (previous != nullptr) {
            const auto& known = previous->entries_;
            const auto same = std::find_if(known.begin(), known.end(), [&](const auto& entry) {
                return entry != nullptr && entry->principal_id == principal.id;
            });
            if (same != known.end()) {
                const std::lock_guard lock((*same)->mutex);
                (*same)->counters.set_limits(principal.limits, now);
                entries_.push_back(*same);
                continue;
            }
        }
        entries_.push_back(std::make_shared<RateEntry>(principal.id, principal.limits));
    }
}

RateBoard::~RateBoard() = default;

const std::shared_ptr<RateEntry>& RateBoard::entry_of(const config::Principal& principal) const {
    static const std::shared_ptr<RateEntry> kNone;
    return principal.key ? entries_[config::index_of(*principal.key)] : kNone;
}

RateAnswer RateBoard::take(const config::Principal& principal, const TokenDemand& tokens, SteadyTime now) {
    const std::shared_ptr<RateEntry>& entry = entry_of(principal);
    if (entry == nullptr) {
        return {{now}, {}, {}};
    }
    const std::lock_guard lock(entry->mutex);
    RateCounters& counters = entry->counters;
    const RateVerdict verdict = counters.check(tokens, now);
    if (!verdict.granted()) {
        return {verdict, counters.levels(now), {}};
    }
    const std::int64_t taken = counters.take(tokens, now);
    return {verdict, counters.levels(now), RateHold(entry, taken)};
}

RateLevels RateBoard::levels(const config::Principal& principal, SteadyTime now) const {
    const std::shared_ptr<RateEntry>& entry = entry_of(principal);
    if (entry == nullptr) {
        return {};
    }
    const std::lock_guard lock(entry->mutex);
    return entry->counters.levels(now);
}

unsigned RateBoard::under_way(const config::Principal& principal) const {
    const std::shared_ptr<RateEntry>& entry = entry_of(principal);
    if (entry == nullptr) {
        return 0;
    }
    const std::lock_guard lock(entry->mutex);
    return entry->counters.under_way();
}

}  // namespace tierway::ledger
