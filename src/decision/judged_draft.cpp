#include "tierway/decision/judged_draft.hpp"

#include "tierway/base/assert.hpp"

namespace tierway::decision {

cascade::JudgedDraft judged_draft(const config::Snapshot& snapshot, const ledger::Bill& bill, std::size_t draft,
                                  const policy::CascadePlan& cascade, bool wanting) {
    TIERWAY_ASSERT(draft < bill.charges().size());
    const ledger::Charge& drafted = bill.charges()[draft];
    cascade::JudgedDraft judged;
    judged.wanting = wanting;
    judged.draft_usd = drafted.cost.to_double();
    judged.higher_usd = ledger::cost_at(drafted, snapshot.model(cascade.targets.front()).price).to_double();
    for (const ledger::Charge& charge : bill.charges()) {
        if (charge.purpose == ledger::Purpose::Judge) {
            judged.judging_usd += charge.cost.to_double();
        } else if (charge.purpose == ledger::Purpose::Answer && charge.tier == cascade.to) {
            judged.higher_usd = charge.cost.to_double();
        }
    }
    return judged;
}

}  // namespace tierway::decision
