#pragma once

#include <optional>

#include "tierway/cascade/confidence.hpp"
#include "tierway/cascade/opinions.hpp"
#include "tierway/cascade/signals.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/decision/plan.hpp"
#include "tierway/dialect/chat_answer.hpp"

namespace tierway::decision {

using cascade::Opinions;

/// What becomes of the bound tier's answer.
struct DraftVerdict {
    cascade::Judgement judgement;
    /// The answer is not good enough to be served as it is: the higher tier is to be asked, if the approver agrees.
    bool wants_better = false;
    /// P(the higher tier's answer is acceptable) − P(this one is); absent when nothing was learnt of the class.
    std::optional<double> expected_gain{};
};

/// Where the final answer of the class's drafts stands, and no opinion yet.
Opinions no_opinions(const config::Snapshot& snapshot, config::ClassId request_class);

/// Judges the bound tier's answer of a route that may climb. Pure: the gateway serves by it, and an offline evaluation replays it.
/// REQUIRES: a plan whose route has a cascade. \param expected of the plan's request, see `cascade::expectation_of`.
DraftVerdict judge_draft(const config::Snapshot& snapshot, const Plan& plan, const cascade::Expectation& expected,
                         const dialect::ChatAnswer& draft, const Opinions& opinions);

/// Whether the best that others may say of the draft would keep it: else nobody need wait for them.
bool could_be_kept(const config::Snapshot& snapshot, const Plan& plan, const cascade::Expectation& expected,
                   const dialect::ChatAnswer& draft);

/// Whether the verdict is another one when a verifier calls the draft right than when it calls it wrong.
bool depends_on_verifier(const config::Snapshot& snapshot, const Plan& plan, const cascade::Expectation& expected,
                         const dialect::ChatAnswer& draft, const Opinions& opinions);

}  // namespace tierway::decision
