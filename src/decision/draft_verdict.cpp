#include "tierway/decision/draft_verdict.hpp"

#include "decision/learnt_verdict.hpp"
#include "tierway/base/assert.hpp"

namespace tierway::decision {

Opinions no_opinions(const config::Snapshot& snapshot, config::ClassId request_class) {
    Opinions opinions;
    const auto& escalation = snapshot.request_class(request_class).escalation;
    if (escalation && escalation->agreement) {
        opinions.answer_field = escalation->agreement->field;
    }
    return opinions;
}

DraftVerdict judge_draft(const config::Snapshot& snapshot, const Plan& plan, const cascade::Expectation& expected,
                         const dialect::ChatAnswer& draft, const Opinions& opinions) {
    TIERWAY_ASSERT(plan.route && plan.route->cascade);
    Opinions weighed = opinions;
    weighed.answer_field = no_opinions(snapshot, plan.route->request_class).answer_field;
    if (plan.learnt != nullptr) {
        return learnt_verdict(snapshot, *plan.learnt, expected, draft, weighed, plan.route->cascade->below);
    }
    DraftVerdict verdict;
    verdict.judgement = cascade::judge(draft, expected, cascade::kDefaultWeights, weighed);
    verdict.wants_better = verdict.judgement.confidence < plan.route->cascade->below;
    return verdict;
}

bool could_be_kept(const config::Snapshot& snapshot, const Plan& plan, const cascade::Expectation& expected,
                   const dialect::ChatAnswer& draft) {
    if (plan.learnt != nullptr) {
        // What others say may lower what the higher tier is worth as well: nothing is known to be the best.
        return true;
    }
    Opinions best;
    // Nothing agrees with a draft as well as itself.
    best.second = &draft;
    if (plan.route->cascade->verifier) {
        best.verifier = cascade::VerifierVerdict{true, 1.0};
    }
    return !judge_draft(snapshot, plan, expected, draft, best).wants_better;
}

bool depends_on_verifier(const config::Snapshot& snapshot, const Plan& plan, const cascade::Expectation& expected,
                         const dialect::ChatAnswer& draft, const Opinions& opinions) {
    Opinions praised = opinions;
    praised.verifier = cascade::VerifierVerdict{true, 1.0};
    Opinions blamed = opinions;
    blamed.verifier = cascade::VerifierVerdict{false, 1.0};
    return judge_draft(snapshot, plan, expected, draft, praised).wants_better !=
           judge_draft(snapshot, plan, expected, draft, blamed).wants_better;
}

}  // namespace tierway::decision
