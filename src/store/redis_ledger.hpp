#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "store/attempt_memory.hpp"
#include "store/budget_memory.hpp"
#include "store/epoch_watch.hpp"
#include "store/redis_requests.hpp"
#include "tierway/ledger/store.hpp"
#include "tierway/store/redis_store.hpp"

namespace tierway::store {

/// What a replica's workers and its keeper share: what it remembers, and what is decided from that. Does no I/O; the time is an
/// argument. Thread-safe: each call holds one lock for as long as it takes to look up a few entries.
class RedisLedger {
public:
    /// \param wake called, without the lock, when there is something to send.
    RedisLedger(RedisStoreSettings settings, std::function<void()> wake);

    // Openings.

    /// What becomes of an attempt that no budget counts: nothing is asked, and no lock taken. Empty for any other.
    [[nodiscard]] std::optional<ledger::OpeningResult> answer_at_once(const ledger::AttemptOpening& opening) const;
    /// An opening that is being answered.
    struct Asking {
        ledger::AttemptOpening opening;
        std::vector<AttemptBudget> budgets;
        std::string epoch;  ///< Empty: the server is not to be asked now.
        bool uses_slices = false;
        bool entered = false;  ///< It was not under way before.
    };
    /// Counts an opening until `answer…` was called for it. \returns empty when the ledger is closed.
    std::optional<Asking> begin(ledger::AttemptOpening opening, SteadyTime now);
    /// The server's answer. Empty: ask again, with its slices given up.
    std::optional<ledger::OpeningResult> answer(Asking& asking, const RedisAnswer& given, SteadyTime now);
    /// There is no asking the server. \param effect_unknown it was asked, and may yet do as it was told.
    ledger::OpeningResult answer_without_server(const Asking& asking, bool effect_unknown, SteadyTime now);

    void settle(std::vector<ledger::AttemptSettlement> settlements);

    // For the keeper.

    /// At the beginning of a connection.
    void greeted(const RedisGreeting& greeting);
    /// Later on.
    void seen(const RedisGreeting& greeting);
    void lost();
    void refused();
    void entered(const std::string& identity, const std::string& epoch, Milliseconds age, SteadyTime now);
    void stated(const std::string& epoch);
    /// \param sent when the confirmed lease was asked for. \param intact whether the server still holds our slices.
    void leased(SteadyTime sent, bool intact, std::uint64_t settled_for_others);
    struct Standing {
        EpochWatch::Phase phase;
        std::string identity;
        std::string epoch;
        bool must_enter;
        bool must_state;
    };
    [[nodiscard]] Standing standing(SteadyTime now) const;
    /// Whether a connection to that process of the server reaches what the keeper watches.
    [[nodiscard]] bool is_known(const std::string& process) const;

    [[nodiscard]] std::vector<RedisRequests::Recollection> recollections() const;
    [[nodiscard]] std::vector<RedisRequests::Recollection> questions(SteadyTime since) const;
    /// Attempts that the server of this epoch has not on record.
    [[nodiscard]] std::vector<OpenAttempt> to_tell();
    void told(const std::vector<OpenAttempt>& attempts, const std::string& epoch);
    struct Wishes {
        std::vector<BudgetMemory::SliceWish> wishes;
        unsigned generation = 0;
    };
    Wishes wishes(SteadyTime now);
    [[nodiscard]] Wishes slices_held() const;
    void hold(const std::vector<ServerBudget>& told, unsigned generation);
    std::vector<WaitingCharge> next_charges(std::size_t most);
    void charged(const std::vector<WaitingCharge>& charges, const std::string& epoch, const std::vector<ServerBudget>& told);
    void not_charged(std::vector<WaitingCharge> charges, const std::string& epoch);
    void learn(const std::string& epoch, const std::vector<ServerBudget>& told);
    void forget_old();

    // For everybody.

    [[nodiscard]] const RedisRequests& requests() const noexcept { return requests_; }
    [[nodiscard]] const RedisStoreSettings& settings() const noexcept { return settings_; }
    [[nodiscard]] std::vector<ledger::BudgetState> budgets(WallTime now) const;
    [[nodiscard]] ledger::StoreState state(SteadyTime now) const;
    bool flush(Milliseconds patience);
    /// No openings and settlements from now on. \returns false when that was so before.
    bool close();

private:
    /// The number of an epoch in `OpenAttempt::epoch`; another one when it is over.
    [[nodiscard]] unsigned number_locked(const std::string& epoch) const noexcept;
    void learn_locked(const std::string& epoch, const std::vector<ServerBudget>& told);
    ledger::OpeningResult result_locked(const Asking& asking, ledger::OpeningResult::Kind kind) const;
    void ended_locked();
    void withdraw_locked(const Asking& asking);

    const RedisStoreSettings settings_;
    const RedisRequests requests_;
    const std::function<void()> wake_;

    mutable std::mutex mutex_;
    std::condition_variable quiet_;
    EpochWatch watch_;
    BudgetMemory budgets_;
    AttemptMemory attempts_;
    std::string process_;
    SteadyTime slices_until_{};  ///< When the server may give our slices to others.
    bool may_tell_ = false;  ///< The server may not have every open attempt on record.
    std::size_t asking_ = 0;
    std::uint64_t settled_for_others_ = 0;
    std::uint64_t connections_ = 0;
    std::atomic<bool> closed_ = false;
};

}  // namespace tierway::store
