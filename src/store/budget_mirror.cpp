#include "store/budget_mirror.hpp"

namespace tierway::store {

void BudgetMirror::publish(std::vector<TouchedBudget> touched) {
    const std::lock_guard lock(mutex_);
    for (TouchedBudget& budget : touched) {
        auto found = states_.find({budget.scope, budget.span.begin});
        if (found == states_.end()) {
            // A settlement of what another process opened: this one never met the budget.
            if (!budget.limit) {
                continue;
            }
            found = states_.try_emplace({budget.scope, budget.span.begin}).first;
            found->second.scope = std::move(budget.scope);
            found->second.span = budget.span;
        }
        ledger::BudgetState& state = found->second;
        state.limit = budget.limit.value_or(state.limit);
        state.settled = budget.counter.settled;
        state.reserved = budget.counter.reserved;
    }
}

void BudgetMirror::drop_old(WallTime now) {
    const std::lock_guard lock(mutex_);
    std::erase_if(states_, [now](const auto& entry) { return entry.second.span.end <= now; });
}

std::vector<ledger::BudgetState> BudgetMirror::at(WallTime now) const {
    const std::lock_guard lock(mutex_);
    std::vector<ledger::BudgetState> found;
    for (const auto& [key, state] : states_) {
        if (state.span.end > now) {
            found.push_back(state);
        }
    }
    return found;
}

}  // namespace tierway::store
