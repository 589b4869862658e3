#pragma once

#include <span>
#include <string>
#include <vector>

#include "tierway/cascade/signals.hpp"

namespace tierway::cascade {

/// The confidence of an answer with a fatal signal is at most this.
inline constexpr double kFatalConfidence = 0.05;

/// Weights of the default, uncalibrated combination: confidence = sigmoid(bias + Σ weight·(score − ½)·2). `docs/cascade.md`
/// documents where the numbers come from; a later calibration replaces them per class.
struct Weights {
    double bias;
    double structure;
    double completeness;
    double hedging;
    double degenerate;
    double logprob;
    double agreement = 0.0;
    double verifier = 0.0;
};
extern const Weights kDefaultWeights;

double combine(std::span<const Signal> signals, const Weights& weights = kDefaultWeights) noexcept;

/// The judgement of a whole answer: with several choices, the least confident one counts.
struct Judgement {
    double confidence = 0.0;
    std::vector<Signal> signals;  ///< Of the choice that counts.
};

Judgement judge(const dialect::ChatAnswer& answer, const Expectation& expected, const Weights& weights = kDefaultWeights,
                const Opinions& opinions = {});

}  // namespace tierway::cascade
