#include "tierway/gateway/budget_gauges.hpp"

#include <string_view>

#include "tierway/ledger/budget_claims.hpp"

namespace tierway::gateway {

void BudgetGauges::refresh(WallTime now) {
    for (auto& [name, shown] : shown_) {
        shown.left->Set(shown.limit->Value());
    }
    for (const ledger::BudgetState& budget : store_.budgets(now)) {
        Shown& shown = shown_[budget.scope];
        if (shown.left == nullptr) {
            const ledger::CounterName name = ledger::read_counter_name(budget.scope);
            const prometheus::Labels labels{{"scope", std::string(name.scope)},
                                            {"name", std::string(name.name)},
                                            {"window", std::string(name.window)},
                                            {"kind", name.hard ? "hard" : "soft"}};
            shown.limit = &metrics_.budget_limit.Add(labels);
            shown.left = &metrics_.budget_left.Add(labels);
        }
        shown.limit->Set(budget.limit.to_double());
        shown.left->Set((budget.limit - budget.settled - budget.reserved).to_double());
    }
}

}  // namespace tierway::gateway
