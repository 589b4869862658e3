#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "store/ledger_tables.hpp"
#include "tierway/ledger/store.hpp"

namespace tierway::store {

/// The budgets that transactions of this process touched, as they left them, so that metrics need no query. Bounded by the
/// budgets of the configuration: windows go some time after their end. Thread-safe.
class BudgetMirror {
public:
    void publish(std::vector<TouchedBudget> touched);
    void drop_old(WallTime now);
    [[nodiscard]] std::vector<ledger::BudgetState> at(WallTime now) const;

private:
    mutable std::mutex mutex_;
    std::map<std::pair<std::string, WallTime>, ledger::BudgetState> states_;
};

}  // namespace tierway::store
