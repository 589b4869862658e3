#include "tierway/cascade/confidence.hpp"

#include <algorithm>
#include <cmath>

#include "tierway/cascade/probability_map.hpp"

namespace tierway::cascade {
namespace {

double weight_of(SignalKind kind, const Weights& weights) noexcept {
    switch (kind) {
        case SignalKind::Structure:
            return weights.structure;
        case SignalKind::Completeness:
            return weights.completeness;
        case SignalKind::Hedging:
            return weights.hedging;
        case SignalKind::Degenerate:
            return weights.degenerate;
        case SignalKind::Logprob:
            return weights.logprob;
        case SignalKind::Agreement:
            return weights.agreement;
        case SignalKind::Verifier:
            return weights.verifier;
    }
    return 0.0;
}

/// Not a number counts as the worst score, so that a fault of ours never makes an answer look good.
double bounded(double score) noexcept {
    return std::isnan(score) ? 0.0 : std::clamp(score, 0.0, 1.0);
}

}  // namespace

// The fit behind these numbers: docs/cascade.md.
const Weights kDefaultWeights = {.bias = -1.0,
                                 .structure = 1.6,
                                 .completeness = 0.8,
                                 .hedging = 0.6,
                                 .degenerate = 0.7,
                                 .logprob = 1.2,
                                 .agreement = 1.5,
                                 .verifier = 1.0};

double combine(std::span<const Signal> signals, const Weights& weights) noexcept {
    double evidence = weights.bias;
    bool fatal = false;
    for (const Signal& signal : signals) {
        evidence += weight_of(signal.kind, weights) * (bounded(signal.score) - 0.5) * 2.0;
        fatal = fatal || signal.fatal;
    }
    const double confidence = sigmoid(evidence);
    return fatal ? std::min(confidence, kFatalConfidence) : confidence;
}

Judgement judge(const dialect::ChatAnswer& answer, const Expectation& expected, const Weights& weights,
                const Opinions& opinions) {
    Judgement worst;
    if (answer.choices.empty()) {
        worst.signals.push_back({SignalKind::Completeness, 0.0, true, "the answer has no choices"});
        return worst;
    }
    worst.confidence = 2.0;
    for (const dialect::AnswerChoice& choice : answer.choices) {
        std::vector<Signal> signals = measure(choice, expected, opinions);
        const double confidence = combine(signals, weights);
        if (confidence < worst.confidence) {
            worst = {confidence, std::move(signals)};
        }
    }
    return worst;
}

}  // namespace tierway::cascade
