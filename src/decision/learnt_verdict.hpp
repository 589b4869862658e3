#pragma once

#include "tierway/cascade/opinions.hpp"
#include "tierway/decision/draft_verdict.hpp"
#include "tierway/decision/gain_policy.hpp"

namespace tierway::decision {

/// The verdict on a draft of a class of which something was learnt. Of several choices the least promising one counts.
/// \param below the class's threshold, which decides when it has no gain rule.
DraftVerdict learnt_verdict(const config::Snapshot& snapshot, const LearntClass& learnt, const cascade::Expectation& expected,
                            const dialect::ChatAnswer& draft, const cascade::Opinions& opinions, double below);

}  // namespace tierway::decision
