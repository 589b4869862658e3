#include "store/budget_table.hpp"

#include "store/unix_milliseconds.hpp"

namespace tierway::store {

using ledger::BudgetClaim;

BudgetTable::BudgetTable(SqliteConnection& connection)
    : connection_(connection),
      find_(connection, "SELECT budget, settled_nano, reserved_nano FROM budgets WHERE scope = ? AND window_begin_ms = ?"),
      read_(connection,
            "SELECT scope, window_begin_ms, window_end_ms, settled_nano, reserved_nano FROM budgets WHERE budget = ?"),
      insert_(connection,
              "INSERT INTO budgets (scope, window_begin_ms, window_end_ms, settled_nano, reserved_nano) VALUES (?, ?, ?, 0, 0)"),
      update_(connection, "UPDATE budgets SET settled_nano = ?, reserved_nano = ? WHERE budget = ?"),
      drop_(connection, "DELETE FROM budgets WHERE budget IN (SELECT budget FROM budgets WHERE window_end_ms < ? LIMIT 1000)") {}

BudgetTable::Entry& BudgetTable::keep(Entry entry) {
    Entry& kept = entries_.emplace_back(std::move(entry));
    by_key_[{kept.touched_.scope, unix_milliseconds(kept.touched_.span.begin)}] = &kept;
    if (kept.number_ != 0) {
        by_number_[kept.number_] = &kept;
    }
    return kept;
}

BudgetTable::Entry& BudgetTable::claimed(const BudgetClaim& claim) {
    const std::int64_t begin = unix_milliseconds(claim.span.begin);
    const auto known = by_key_.find({claim.scope, begin});
    if (known != by_key_.end()) {
        known->second->touched_.limit = claim.limit;
        return *known->second;
    }
    Entry entry;
    entry.touched_ = {.scope = claim.scope, .span = claim.span, .limit = claim.limit, .counter = {}};
    if (find_.start(claim.scope, begin)) {
        entry.number_ = find_.integer(0);
        entry.touched_.counter = {Usd::from_nano(find_.integer(1)), Usd::from_nano(find_.integer(2))};
    }
    find_.reset();
    return keep(std::move(entry));
}

BudgetTable::Entry* BudgetTable::numbered(std::int64_t number) {
    if (const auto known = by_number_.find(number); known != by_number_.end()) {
        return known->second;
    }
    Entry entry;
    const bool found = read_.start(number);
    if (found) {
        entry.number_ = number;
        entry.touched_.scope = read_.text(0);
        entry.touched_.span = {wall_time(read_.integer(1)), wall_time(read_.integer(2))};
        entry.touched_.counter = {Usd::from_nano(read_.integer(3)), Usd::from_nano(read_.integer(4))};
    }
    read_.reset();
    return found ? &keep(std::move(entry)) : nullptr;
}

std::int64_t BudgetTable::number_of(Entry& entry) {
    if (entry.number_ == 0) {
        const TouchedBudget& budget = entry.touched_;
        insert_.run(budget.scope, unix_milliseconds(budget.span.begin), unix_milliseconds(budget.span.end));
        entry.number_ = sqlite3_last_insert_rowid(connection_.handle());
        by_number_[entry.number_] = &entry;
    }
    return entry.number_;
}

void BudgetTable::write() {
    for (Entry& entry : entries_) {
        if (entry.changed_) {
            const std::int64_t number = number_of(entry);
            update_.run(entry.counter().settled.nano(), entry.counter().reserved.nano(), number);
            entry.changed_ = false;
        }
    }
}

std::vector<TouchedBudget> BudgetTable::end() {
    std::vector<TouchedBudget> touched;
    for (Entry& entry : entries_) {
        // Nothing is known of a window that was asked for and stayed empty.
        if (entry.number_ != 0) {
            touched.push_back(std::move(entry.touched_));
        }
    }
    entries_.clear();
    by_key_.clear();
    by_number_.clear();
    return touched;
}

void BudgetTable::drop_before(WallTime end) {
    drop_.run(unix_milliseconds(end));
}

}  // namespace tierway::store
