#include "decision/learnt_verdict.hpp"

#include <algorithm>
#include <utility>

#include "tierway/decision/expected_cost.hpp"

namespace tierway::decision {
namespace {

/// What a class without a model of its drafts knows: the mean of its class.
Chances chances_of(const PairCalibration& pair, const cascade::DraftMeasures& measures) {
    return pair.draft ? pair.draft->chances(measures) : Chances{pair.table.cheap_acceptable, pair.table.strong_acceptable};
}

bool wants_better(const LearntClass& learnt, double confidence, double gain, double usd, double below) {
    if (learnt.lambda) {
        return gain > *learnt.lambda * usd;
    }
    return confidence < learnt.accept_from.value_or(below);
}

}  // namespace

DraftVerdict learnt_verdict(const config::Snapshot& snapshot, const LearntClass& learnt, const cascade::Expectation& expected,
                            const dialect::ChatAnswer& draft, const cascade::Opinions& opinions, double below) {
    const cascade::DraftSizes sizes = sizes_of(draft, opinions);
    DraftVerdict verdict;
    double least = 2.0;
    for (const dialect::AnswerChoice& choice : draft.choices) {
        std::vector<cascade::Signal> signals = cascade::measure(choice, expected, opinions);
        const bool is_fatal = std::any_of(signals.begin(), signals.end(), [](const cascade::Signal& s) { return s.fatal; });
        Chances chances = chances_of(*learnt.pair, cascade::measure_draft(choice, signals, opinions, sizes));
        chances.cheap = is_fatal ? std::min(chances.cheap, cascade::kFatalConfidence) : chances.cheap;
        if (chances.cheap < least) {
            least = chances.cheap;
            verdict.judgement = {chances.cheap, std::move(signals)};
            verdict.expected_gain = chances.gain();
        }
    }
    if (!verdict.expected_gain) {
        verdict.judgement.signals.push_back({cascade::SignalKind::Completeness, 0.0, true, "the answer has no choices"});
        verdict.expected_gain = learnt.pair->table.strong_acceptable;
    }
    verdict.wants_better = wants_better(learnt, verdict.judgement.confidence, *verdict.expected_gain,
                                        expected_strong_usd(snapshot, *learnt.pair, sizes), below);
    return verdict;
}

}  // namespace tierway::decision
