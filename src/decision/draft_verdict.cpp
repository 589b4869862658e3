#include "tierway/decision/draft_verdict.hpp"

#include "tierway/base/assert.hpp"

namespace tierway::decision {

DraftVerdict judge_draft(const config::Snapshot& snapshot, const Plan& plan, const cascade::Expectation& expected,
                         const dialect::ChatAnswer& draft, const Opinions& opinions) {
    TIERWAY_ASSERT(plan.route && plan.route->cascade);
    static_cast<void>(snapshot);
    DraftVerdict verdict;
    verdict.judgement = cascade::judge(draft, expected, cascade::kDefaultWeights, opinions);
    verdict.wants_better = verdict.judgement.confidence < plan.route->cascade->below;
    return verdict;
}

}  // namespace tierway::decision
