#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "store/sqlite_connection.hpp"
#include "tierway/base/calendar_window.hpp"
#include "tierway/base/usd.hpp"
#include "tierway/ledger/budget_counter.hpp"
#include "tierway/ledger/store.hpp"

namespace tierway::store {

/// A budget's window as a transaction left it.
struct TouchedBudget {
    std::string scope;
    WindowSpan span;
    std::optional<Usd> limit;  ///< As an opening stated it; a settlement states none.
    ledger::BudgetCounter counter;
};

/// The counters of a ledger file within one transaction: each is read once and written once, however many attempts of the group
/// it counts. What is kept in memory holds only until the transaction ends, because other processes write too.
class BudgetTable {
public:
    /// \param connection outlives it.
    explicit BudgetTable(SqliteConnection& connection);

    /// One budget's window. Valid until the transaction ends.
    class Entry {
    public:
        [[nodiscard]] const ledger::BudgetCounter& counter() const noexcept { return touched_.counter; }
        /// To change it.
        ledger::BudgetCounter& change() noexcept {
            changed_ = true;
            return touched_.counter;
        }

    private:
        friend class BudgetTable;
        std::int64_t number_ = 0;  ///< 0: it is not in the table yet.
        TouchedBudget touched_;
        bool changed_ = false;
    };

    /// The window that an opening claims; a new one with nothing in it when the table has none.
    Entry& claimed(const ledger::BudgetClaim& claim);
    /// The window with a number that `number_of` gave; null when it was dropped.
    Entry* numbered(std::int64_t number);
    /// Its number, for ever; enters it in the table if need be.
    std::int64_t number_of(Entry& entry);

    /// Writes what was changed: before the transaction is committed.
    void write();
    /// Forgets everything, after the transaction. \returns what was read or changed in it.
    std::vector<TouchedBudget> end();
    /// Drops windows that ended before; some of them, when there are many.
    void drop_before(WallTime end);

private:
    using Key = std::pair<std::string, std::int64_t>;  ///< Scope, and the window's beginning.

    Entry& keep(Entry entry);

    SqliteConnection& connection_;
    std::list<Entry> entries_;
    std::map<Key, Entry*> by_key_;
    std::unordered_map<std::int64_t, Entry*> by_number_;

    SqliteStatement find_;
    SqliteStatement read_;
    SqliteStatement insert_;
    SqliteStatement update_;
    SqliteStatement drop_;
};

}  // namespace tierway::store
