#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/budget_table.hpp"
#include "store/sqlite_connection.hpp"
#include "tierway/base/time.hpp"
#include "tierway/ledger/budget_counter.hpp"
#include "tierway/ledger/store.hpp"

namespace tierway::store {

/// What a ledger file can do within a transaction of its connection, which the caller begins and commits; results count only once
/// it did. Belongs to one instance, that is one opening of the file by one process. Used by one thread at a time.
class LedgerTables {
public:
    /// \param instance the number of this instance, unique among those of the file. \param connection outlives it.
    LedgerTables(SqliteConnection& connection, std::int64_t instance);

    ledger::OpeningResult open(const ledger::AttemptOpening& opening);
    void settle(const ledger::AttemptSettlement& settlement, WallTime now);
    /// Undoes an opening that nobody waits for any more. Does nothing when it is settled.
    void withdraw(const std::string& attempt);

    /// Says that this instance lives.
    void renew_lease(WallTime until);
    void release_lease();
    /// Settles what instances left dispatched whose lease has ended: at its estimate, because unknown usage is not free.
    /// \returns how many attempts, at most `kCrashedPerRound`; when so many, there may be more.
    std::size_t settle_crashed(WallTime now);
    static constexpr std::size_t kCrashedPerRound = 1'000;
    /// Drops counters of windows that ended before; some of them, when there are many.
    void drop_budgets_before(WallTime end);

    /// Writes what only the end of a transaction knows: before it is committed.
    void write_budgets() { budgets_.write(); }
    /// After each transaction, whether it lasts or not. \returns the budgets that were read or changed in it.
    [[nodiscard]] std::vector<TouchedBudget> end_transaction() { return budgets_.end(); }

private:
    struct Attempt {
        std::string state;
        std::string source;
        Usd estimate;
        Usd cost;
        std::string budgets;
    };

    std::vector<BudgetTable::Entry*> claimed_by(const ledger::AttemptOpening& opening);
    std::optional<Attempt> find_attempt(const std::string& attempt);
    void reserve(const ledger::AttemptOpening& opening, const std::vector<BudgetTable::Entry*>& budgets);
    /// Calls `change(counter)` for each budget of the list and keeps what it made of it.
    template <class Change>
    void change_budgets(std::string_view numbers, const Change& change);
    void write_settlement(const ledger::AttemptSettlement& settlement, WallTime now);

    SqliteConnection& connection_;
    std::int64_t instance_;
    BudgetTable budgets_;

    SqliteStatement find_attempt_;
    SqliteStatement insert_attempt_;
    SqliteStatement settle_attempt_;
    SqliteStatement delete_attempt_;
    SqliteStatement renew_lease_;
    SqliteStatement release_lease_;
    SqliteStatement end_leases_;
    SqliteStatement find_crashed_;
};

}  // namespace tierway::store
