#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tierway/base/time.hpp"
#include "tierway/base/usd.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/policy/principal.hpp"

namespace tierway::policy {

struct QuotaEntry;

/// What one approved climb took of its key's quotas: one escalation, and the money that its attempts are estimated to cost. Ends
/// in one of three ways, each once: `settle`, `release`, or its destruction, which leaves the estimate as the cost, because what
/// is not known is not given back. Move-only; for one thread at a time. May outlive the board.
class [[nodiscard]] QuotaHold {
public:
    /// Nothing was taken.
    QuotaHold() noexcept = default;
    QuotaHold(std::shared_ptr<QuotaEntry> entry, std::int64_t minute, Usd estimate) noexcept
        : entry_(std::move(entry)), minute_(minute), estimate_(estimate) {}

    /// Whether something is still to be settled or released.
    explicit operator bool() const noexcept { return entry_ != nullptr; }
    [[nodiscard]] Usd estimate() const noexcept { return estimate_; }
    /// The climb's attempts have ended and cost so much. Nothing if !*this.
    void settle(Usd cost);
    /// No attempt of the climb was ever made: the escalation and the money are free again. Nothing if !*this.
    void release();

private:
    std::shared_ptr<QuotaEntry> entry_;
    std::int64_t minute_ = 0;
    Usd estimate_;
};

/// The outcome of asking for an escalation.
struct QuotaAnswer {
    /// Empty when it was taken, else what is used up: "key_quota_count", "key_quota_share", "key_quota_usd".
    std::string_view denial;
    QuotaHold hold;
};

/// How much each key with quotas has escalated within the last hour, shared by all workers. Thread-safe: each key has a lock of
/// its own, held for a few instructions, and checking and taking are one step under it, so that no number of concurrent requests
/// passes a quota. Keys without quotas have no entry and take no lock.
///
/// The hour is counted in minutes of the clock that is passed in, the current one and the sixty before it: so it is between 60
/// and 61 minutes long, and no 60 minutes ever hold more than a quota.
///
/// A reload makes a new board, which shares the entries of the keys that both configurations know by the same id, so that a
/// reload, a rotated key among it, frees nothing.
class QuotaBoard {
public:
    /// So many calls a key is taken to have made at least when its share of escalations is formed: without it the first call
    /// could never escalate, and with a share of 0.2 the first four may.
    static constexpr std::uint64_t kShareCallsMin = 20;

    /// \param previous the board to take over from, which need not live on.
    explicit QuotaBoard(const config::Snapshot& snapshot, const QuotaBoard* previous = nullptr);
    ~QuotaBoard();
    QuotaBoard(const QuotaBoard&) = delete;
    QuotaBoard& operator=(const QuotaBoard&) = delete;

    /// Takes one escalation of that estimated cost, if all quotas of the principal allow it. Of the principal's calls, the one
    /// that asks counts, and else those that `count_call` has told of.
    QuotaAnswer take(const Principal& principal, Usd estimate, SteadyTime now);
    /// A call of the principal's, escalated or not, has ended and had reached a model.
    void count_call(const Principal& principal, SteadyTime now);

private:
    [[nodiscard]] std::shared_ptr<QuotaEntry> entry_of(const Principal& principal) const;

    std::vector<std::shared_ptr<QuotaEntry>> entries_;  ///< By key; null for one without quotas.
};

}  // namespace tierway::policy
