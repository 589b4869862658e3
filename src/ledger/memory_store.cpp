#include "tierway/ledger/memory_store.hpp"

#include <algorithm>

namespace tierway::ledger {

void MemoryStore::open(AttemptOpening opening, std::function<void(const OpeningResult&)> opened) {
    OpeningResult result;
    {
        const std::lock_guard lock(mutex_);
        result = closed_ ? OpeningResult{.kind = OpeningResult::Kind::Unavailable, .left = {}} : try_open(opening);
    }
    // Without the lock: it may open and settle.
    opened(result);
}

OpeningResult MemoryStore::try_open(const AttemptOpening& opening) {
    drop_old_windows(opening.at);
    if (open_.contains(opening.attempt) || settled_.contains(opening.attempt)) {
        AttemptOpening again = opening;
        again.estimate = Usd();
        return judge(again, counters(opening));
    }
    OpeningResult result = judge(opening, counters(opening));
    if (result.kind == OpeningResult::Kind::Granted) {
        reserve(opening);
    }
    return result;
}

void MemoryStore::reserve(const AttemptOpening& opening) {
    Open open{.estimate = not_negative(opening.estimate), .budgets = {}};
    for (std::size_t i = 0; i < opening.budgets.size(); ++i) {
        if (is_repeated(opening, i)) {
            continue;
        }
        const BudgetClaim& claim = opening.budgets[i];
        Key key(claim.scope, claim.span.begin);
        Budget& budget = budgets_.try_emplace(key).first->second;
        budget.end = claim.span.end;
        budget.limit = claim.limit;
        budget.counter.reserve(open.estimate);
        first_end_ = std::min(first_end_, budget.end);
        open.budgets.push_back(std::move(key));
    }
    open_.emplace(opening.attempt, std::move(open));
}

void MemoryStore::settle(std::vector<AttemptSettlement> settlements) {
    const std::lock_guard lock(mutex_);
    if (closed_) {
        return;
    }
    for (const AttemptSettlement& settlement : settlements) {
        settle_one(settlement);
    }
}

void MemoryStore::settle_one(const AttemptSettlement& settlement) {
    if (settlement.late && !open_.contains(settlement.attempt) && !settled_.contains(settlement.attempt)) {
        reserve(*settlement.late);
    }
    const auto found = open_.find(settlement.attempt);
    if (found == open_.end()) {
        return;
    }
    for (const Key& key : found->second.budgets) {
        if (const auto budget = budgets_.find(key); budget != budgets_.end()) {
            budget->second.counter.settle(found->second.estimate, not_negative(settlement.cost));
        }
    }
    open_.erase(found);
    remember_settled(settlement.attempt);
}

std::vector<BudgetCounter> MemoryStore::counters(const AttemptOpening& opening) const {
    std::vector<BudgetCounter> found;
    for (const BudgetClaim& claim : opening.budgets) {
        const auto budget = budgets_.find({claim.scope, claim.span.begin});
        found.push_back(budget == budgets_.end() ? BudgetCounter{} : budget->second.counter);
    }
    return found;
}

void MemoryStore::remember_settled(const std::string& attempt) {
    settled_.insert(attempt);
    settled_in_order_.push_back(attempt);
    if (settled_in_order_.size() > kSettledKept) {
        settled_.erase(settled_in_order_.front());
        settled_in_order_.pop_front();
    }
}

void MemoryStore::drop_old_windows(WallTime now) {
    // Written so that the largest time does not overflow.
    const WallTime dropped_until = now - kKeptAfterEnd;
    if (dropped_until < first_end_) {
        return;
    }
    std::erase_if(budgets_, [dropped_until](const auto& entry) { return entry.second.end <= dropped_until; });
    first_end_ = WallTime::max();
    for (const auto& [key, budget] : budgets_) {
        first_end_ = std::min(first_end_, budget.end);
    }
}

std::vector<BudgetState> MemoryStore::budgets(WallTime now) const {
    const std::lock_guard lock(mutex_);
    std::vector<BudgetState> states;
    for (const auto& [key, budget] : budgets_) {
        if (budget.end > now) {
            states.push_back(
                {key.first, {key.second, budget.end}, budget.limit, budget.counter.settled, budget.counter.reserved});
        }
    }
    return states;
}

void MemoryStore::close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
}

}  // namespace tierway::ledger
