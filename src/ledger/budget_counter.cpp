#include "tierway/ledger/budget_counter.hpp"

#include <algorithm>

#include "tierway/base/assert.hpp"

namespace tierway::ledger {

bool is_repeated(const AttemptOpening& opening, std::size_t position) noexcept {
    const BudgetClaim& claim = opening.budgets[position];
    return std::any_of(
        opening.budgets.begin(), opening.budgets.begin() + static_cast<std::ptrdiff_t>(position),
        [&](const BudgetClaim& other) { return other.scope == claim.scope && other.span.begin == claim.span.begin; });
}

OpeningResult judge(const AttemptOpening& opening, const std::vector<BudgetCounter>& counters) {
    TIERWAY_ASSERT(counters.size() == opening.budgets.size());
    const Usd estimate = not_negative(opening.estimate);
    OpeningResult result;
    for (std::size_t i = 0; i < counters.size(); ++i) {
        const BudgetClaim& claim = opening.budgets[i];
        const Usd left = claim.limit - (counters[i].settled + counters[i].reserved);
        result.left.push_back(left);
        // What costs nothing is let through even where more than the limit is spent.
        if (result.kind == OpeningResult::Kind::Granted && claim.hard && estimate > Usd() && left < estimate) {
            result.kind = OpeningResult::Kind::OverBudget;
            result.budget = i;
        }
    }
    if (result.kind == OpeningResult::Kind::Granted) {
        for (Usd& left : result.left) {
            left = left - estimate;
        }
    }
    return result;
}

}  // namespace tierway::ledger
