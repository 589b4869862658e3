#include "tierway/decision/draft_verdict.hpp"

#include "decision/learnt_verdict.hpp"
#include "tierway/base/assert.hpp"

namespace tierway::decision {

Opinions no_opinions(const config::Snapshot& snapshot, config::ClassId request_class) {
    // AGREEMENT
    static_cast<void>(snapshot);
    static_cast<void>(request_class);
    return {};
}

DraftVerdict judge_draft(const config::Snapshot& snapshot, const Plan& plan, const cascade::Expectation& expected,
                         const dialect::ChatAnswer& draft, const Opinions& opinions) {
    TIERWAY_ASSERT(plan.route && plan.route->cascade);
    if (plan.learnt != nullptr) {
        return learnt_verdict(snapshot, *plan.learnt, expected, draft, opinions, plan.route->cascade->below);
    }
    DraftVerdict verdict;
    verdict.judgement = cascade::judge(draft, expected, cascade::kDefaultWeights, opinions);
    verdict.wants_better = verdict.judgement.confidence < plan.route->cascade->below;
    return verdict;
}

}  // namespace tierway::decision
