#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "tierway/ledger/budget_counter.hpp"
#include "tierway/ledger/store.hpp"

namespace tierway::ledger {

/// Counts within this process and forgets with it: for tests, and where no store is configured. Answers within the call, under
/// one lock. Bounded by what is open: windows are dropped when they have been over for `kKeptAfterEnd`, and of settled attempts
/// only the ids of the last `kSettledKept` are remembered.
class MemoryStore final : public Store {
public:
    static constexpr std::size_t kSettledKept = 65'536;
    /// A clock that is set forward and back again must not find its budgets refilled.
    static constexpr std::chrono::hours kKeptAfterEnd{24};

    void open(AttemptOpening opening, std::function<void(const OpeningResult&)> opened) override;
    void settle(std::vector<AttemptSettlement> settlements) override;
    [[nodiscard]] std::vector<BudgetState> budgets(WallTime now) const override;
    [[nodiscard]] StoreState state() const override { return {}; }
    bool flush(Milliseconds) override { return true; }
    void close() override;

private:
    using Key = std::pair<std::string, WallTime>;  ///< Scope, and beginning of the window.
    struct Budget {
        WallTime end;
        Usd limit;
        BudgetCounter counter;
    };
    struct Open {
        Usd estimate;
        std::vector<Key> budgets;
    };

    [[nodiscard]] OpeningResult try_open(const AttemptOpening& opening);
    void reserve(const AttemptOpening& opening);
    void settle_one(const AttemptSettlement& settlement);
    [[nodiscard]] std::vector<BudgetCounter> counters(const AttemptOpening& opening) const;
    void remember_settled(const std::string& attempt);
    void drop_old_windows(WallTime now);

    mutable std::mutex mutex_;
    bool closed_ = false;
    std::map<Key, Budget> budgets_;
    std::unordered_map<std::string, Open> open_;
    std::unordered_set<std::string> settled_;
    std::deque<std::string> settled_in_order_;
    WallTime first_end_ = WallTime::max();  ///< Of all windows.
};

}  // namespace tierway::ledger
