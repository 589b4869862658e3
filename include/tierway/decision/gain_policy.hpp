#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/decision/calibration.hpp"

namespace tierway::decision {

/// How a class chooses, now that its knob and what was learnt of it are known together.
struct LearntClass {
    const PairCalibration* pair = nullptr;  ///< Never null.
    std::optional<double> lambda;           ///< The price of quality: climb when the gain exceeds λ · cost.
    std::optional<double> accept_from;      ///< Serve drafts of at least that confidence.
    config::GainTime time = config::GainTime::Draft;
};

/// A configuration's knobs, resolved against what was learnt. Immutable; shared by the workers.
class GainPolicy {
public:
    /// Errors: a class has a gain rule, and nothing was learnt of it with its present models.
    /// A class without one whose models are known gets calibrated confidences; one whose models are not keeps the defaults.
    /// \param calibration may be null.
    static Result<std::shared_ptr<const GainPolicy>> make(const config::Snapshot& snapshot, CalibrationPtr calibration);

    /// As `make`, of the file that the snapshot names, if it names one.
    static Result<std::shared_ptr<const GainPolicy>> load(const config::Snapshot& snapshot);

    /// Null when nothing was learnt of the class.
    [[nodiscard]] const LearntClass* find(config::ClassId id) const noexcept;

    /// Whether any class decides by the ask, whose text must be extracted for it then.
    [[nodiscard]] bool looks_at_ask() const noexcept { return looks_at_ask_; }

    /// What an operator should know of it, a sentence each: classes that rest on too few rows, cascades that cost more than going
    /// direct, higher tiers that are no better than the lower (ROUTING.md A3 and D2).
    [[nodiscard]] std::vector<std::string> warnings(const config::Snapshot& snapshot) const;

private:
    explicit GainPolicy(CalibrationPtr calibration) : calibration_(std::move(calibration)) {}

    CalibrationPtr calibration_;
    std::vector<std::optional<LearntClass>> classes_;
    bool looks_at_ask_ = false;
};
using GainPolicyPtr = std::shared_ptr<const GainPolicy>;

/// What a class's rule comes to with what was learnt of it: quality that no λ kept climbs wherever a gain is expected, a cost that
/// none stayed within never does. Without a rule neither λ nor `accept_from` is there.
LearntClass learnt_class(const PairCalibration& pair, const std::optional<config::GainRule>& rule);

/// The λ that a knob comes to; empty when no λ reaches it. \param knob not `AcceptedErrorMax`.
std::optional<double> lambda_of(config::GainKnob knob, double value, const PairCalibration& pair);

/// The confidence from which on drafts may be served so that, with 95 % certainty, at most `error_max` of them are wrong: upper
/// Clopper–Pearson bounds at growing coverage, stopped at the first that fails, begun where a
/// faultless record could pass (ROUTING.md A4). Empty: not even the most certain.
std::optional<double> accept_from(double error_max, const PairCalibration& pair);

}  // namespace tierway::decision
