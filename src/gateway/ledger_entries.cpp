#include "gateway/ledger_entries.hpp"

#include <string>

#include "tierway/ledger/budget_claims.hpp"
#include "tierway/ledger/bill.hpp"
#include "tierway/ledger/cost.hpp"

namespace tierway::gateway {
namespace {

/// A request that passes as it is has one attempt.
constexpr unsigned kPassedAttempt = 1;

std::string attempt_name(const RequestContext& context, unsigned number) {
    std::string name(context.id.view());
    return name.append(".").append(std::to_string(number));
}

/// What is the same for every attempt. \param request_class also decides which budgets pay.
ledger::AttemptOpening opening_of(const RequestContext& context, unsigned number, std::string_view request_class, Usd estimate) {
    const config::Snapshot& snapshot = context.snapshot();
    const decision::Plan& plan = context.scratch.plan;
    ledger::AttemptOpening opening;
    opening.attempt = attempt_name(context, number);
    opening.at = std::chrono::system_clock::now();
    opening.principal = plan.principal->id;
    opening.team = plan.principal->team;
    opening.request_class = request_class;
    opening.prices = snapshot.policy_hash;
    opening.estimate = estimate;
    opening.budgets = ledger::claims_of(snapshot.budgets, {opening.principal, opening.team, opening.request_class}, opening.at);
    return opening;
}

}  // namespace

ledger::AttemptOpening attempt_opening(const RequestContext& context, unsigned number, config::TierId tier, config::ModelId model,
                                       Usd estimate) {
    const config::Snapshot& snapshot = context.snapshot();
    const config::ClassId request_class = context.scratch.plan.classification->request_class;
    ledger::AttemptOpening opening = opening_of(context, number, snapshot.request_class(request_class).name, estimate);
    opening.tier = snapshot.tier(tier).name;
    opening.model = snapshot.model(model).name;
    return opening;
}

ledger::AttemptOpening passed_opening(const RequestContext& context, const PassedOn& passed) {
    ledger::AttemptOpening opening = opening_of(context, kPassedAttempt, config::PassThrough::kClassName, passed.estimate);
    opening.tier = config::PassThrough::kTierName;
    opening.model = passed.name;
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
    if (const auto& passed = context.outcome.passed_on; passed && passed->is_opened) {
        ledger::AttemptSettlement& settlement = settlements.emplace_back();
        settlement.attempt = attempt_name(context, kPassedAttempt);
        settlement.purpose = passed->purpose;
        settlement.source = passed->source;
        settlement.usage = passed->usage;
        settlement.cost = passed->cost;
        settlement.outcome = context.outcome.error ? context.outcome.error->code() : "ok";
    }
    return settlements;
}

}  // namespace tierway::gateway
