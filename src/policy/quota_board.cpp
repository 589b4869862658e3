#include "tierway/policy/quota_board.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <mutex>

namespace tierway::policy {
namespace {

/// The current minute and an hour before it.
constexpr std::size_t kMinutes = 61;
/// Two cache lines, because processors fetch them in pairs.
constexpr std::size_t kApart = 128;

std::int64_t minute_of(SteadyTime now) noexcept {
    return std::chrono::floor<std::chrono::minutes>(now.time_since_epoch()).count();
}

struct Counts {
    std::uint64_t calls = 0;
    std::uint64_t escalations = 0;
    Usd cost;
};

}  // namespace

/// One key's last hour, as a ring of minutes and their sum. Every member function REQUIRES the lock.
struct alignas(kApart) QuotaEntry {
    explicit QuotaEntry(std::string made_for) : principal_id(std::move(made_for)) {}

    /// Forgets what is more than an hour ago. A time before the latest one seen counts as that.
    void advance(std::int64_t minute) noexcept {
        if (!begun) {
            begun = true;
            latest = minute;
        }
        // After an hour of silence everything is forgotten, and going round once does that.
        latest = std::max(latest, minute - static_cast<std::int64_t>(kMinutes));
        while (latest < minute) {
            Counts& oldest = at(++latest);
            sum.calls -= oldest.calls;
            sum.escalations -= oldest.escalations;
            sum.cost = sum.cost - oldest.cost;
            oldest = {};
        }
    }
    [[nodiscard]] Counts& at(std::int64_t minute) noexcept {
        constexpr auto kSize = static_cast<std::int64_t>(kMinutes);
        return minutes[static_cast<std::size_t>((minute % kSize + kSize) % kSize)];
    }
    /// Whether a minute is still within the hour.
    [[nodiscard]] bool holds(std::int64_t minute) const noexcept {
        return minute <= latest && latest - minute < static_cast<std::int64_t>(kMinutes);
    }
    void add_cost(std::int64_t minute, Usd cost) noexcept {
        at(minute).cost += cost;
        sum.cost += cost;
    }

    [[nodiscard]] std::string_view what_forbids(const config::EscalationQuotas& quotas, Usd estimate) const noexcept {
        const std::uint64_t escalations = sum.escalations + 1;
        if (quotas.per_hour && escalations > *quotas.per_hour) {
            return "key_quota_count";
        }
        const std::uint64_t calls = std::max(sum.calls + 1, QuotaBoard::kShareCallsMin);
        // The tenth of a millionth is for shares such as 0.2 that binary fractions miss by a little.
        if (quotas.share_max && static_cast<double>(escalations) > *quotas.share_max * static_cast<double>(calls) + 1e-7) {
            return "key_quota_share";
        }
        if (quotas.usd_per_hour && sum.cost + estimate > *quotas.usd_per_hour) {
            return "key_quota_usd";
        }
        return {};
    }

    const std::string principal_id;
    std::mutex mutex;  ///< Guards all below.
    bool begun = false;
    std::int64_t latest = 0;
    std::array<Counts, kMinutes> minutes{};
    Counts sum;
};

void QuotaHold::settle(Usd cost) {
    const auto entry = std::exchange(entry_, nullptr);
    if (entry == nullptr) {
        return;
    }
    const std::lock_guard lock(entry->mutex);
    // Booked to the minute of the approval; what is more than an hour ago concerns nobody any more.
    if (entry->holds(minute_)) {
        entry->add_cost(minute_, cost - estimate_);
    }
}

void QuotaHold::release() {
    const auto entry = std::exchange(entry_, nullptr);
    if (entry == nullptr) {
        return;
    }
    const std::lock_guard lock(entry->mutex);
    if (entry->holds(minute_)) {
        --entry->at(minute_).escalations;
        --entry->sum.escalations;
        entry->add_cost(minute_, Usd() - estimate_);
    }
}

QuotaBoard::QuotaBoard(const config::Snapshot& snapshot, const QuotaBoard* previous) {
    entries_.reserve(snapshot.keys.size());
    for (const config::AccessKey& key : snapshot.keys) {
        const Principal& principal = key.principal;
        if (!principal.escalations.any()) {
            entries_.push_back(nullptr);
            continue;
        }
        if (previous != nullptr) {
            const auto& known = previous->entries_;
            const auto same = std::find_if(known.begin(), known.end(), [&](const auto& entry) {
                return entry != nullptr && entry->principal_id == principal.id;
            });
            if (same != known.end()) {
                entries_.push_back(*same);
                continue;
            }
        }
        entries_.push_back(std::make_shared<QuotaEntry>(principal.id));
    }
}

QuotaBoard::~QuotaBoard() = default;

std::shared_ptr<QuotaEntry> QuotaBoard::entry_of(const Principal& principal) const {
    return principal.key ? entries_[config::index_of(*principal.key)] : nullptr;
}

QuotaAnswer QuotaBoard::take(const Principal& principal, Usd estimate, SteadyTime now) {
    auto entry = entry_of(principal);
    if (entry == nullptr) {
        return {};
    }
    const std::lock_guard lock(entry->mutex);
    entry->advance(minute_of(now));
    if (const std::string_view denial = entry->what_forbids(principal.escalations, estimate); !denial.empty()) {
        return {denial, {}};
    }
    const std::int64_t minute = entry->latest;
    ++entry->at(minute).escalations;
    ++entry->sum.escalations;
    entry->add_cost(minute, estimate);
    return {{}, QuotaHold(std::move(entry), minute, estimate)};
}

void QuotaBoard::count_call(const Principal& principal, SteadyTime now) {
    const auto entry = entry_of(principal);
    if (entry == nullptr) {
        return;
    }
    const std::lock_guard lock(entry->mutex);
    entry->advance(minute_of(now));
    ++entry->at(entry->latest).calls;
    ++entry->sum.calls;
}

}  // namespace tierway::policy
