#include "gateway/ledger_entries.hpp"

#include <string>

#include "tierway/ledger/budget_claims.hpp"
#include "tierway/ledger/bill.hpp"
#include "tierway/ledger/cost.hpp"

namespace tierway::gateway {
namespace {

std::string attempt_name(const RequestContext& context, unsigned number) {
    std::string name(context.id.view());
    return name.append(".").append(std::to_string(number));
}

}  // namespace

ledger::AttemptOpening attempt_opening(const RequestContext& context, unsigned number, config::TierId tier, config::ModelId model,
                                       Usd estimate) {
    const config::Snapshot& snapshot = context.snapshot();
    const decision::Plan& plan = context.scratch.plan;
    ledger::AttemptOpening opening;
    opening.attempt = attempt_name(context, number);
    opening.at = std::chrono::system_clock::now();
    opening.principal = plan.principal->id;
    opening.team = plan.principal->team;
    opening.request_class = snapshot.request_class(plan.classification->request_class).name;
    opening.tier = snapshot.tier(tier).name;
    opening.model = snapshot.model(model).name;
    opening.prices = snapshot.policy_hash;
    opening.estimate = estimate;
    opening.budgets = ledger::claims_of(snapshot.budgets, {opening.principal, opening.team, opening.request_class}, opening.at);
    return opening;
}

std::vector<ledger::AttemptSettlement> attempt_settlements(const RequestContext& context) {
    const config::Snapshot& snapshot = context.snapshot();
    std::vector<ledger::AttemptSettlement> settlements;
    const auto& charges = context.outcome.bill.charges();
    for (std::size_t i = 0; i < charges.size(); ++i) {
        const ledger::Charge& charge = charges[i];
        ledger::AttemptSettlement& settlement = settlements.emplace_back();
        settlement.attempt = attempt_name(context, context.outcome.attempt_numbers[i]);
        settlement.purpose = charge.purpose;
        settlement.source = charge.source;
        settlement.usage = charge.usage;
        settlement.cost = charge.cost;
        settlement.baseline = ledger::baseline_of(charge, snapshot);
        settlement.outcome = context.outcome.attempt_codes[i];
    }
    return settlements;
}

}  // namespace tierway::gateway
