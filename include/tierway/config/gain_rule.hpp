#pragma once

#include <cstdint>

namespace tierway::config {

/// The one knob by which a calibrated class chooses between its tiers (ROUTING.md section A4). All but the last come to a λ, the
/// acceptable answers that a USD must buy: the class climbs when
/// P(the higher tier's answer is acceptable) − P(the draft is) > λ · cost of the higher tier.
enum class GainKnob : std::uint8_t {
    Lambda,           ///< λ itself, in acceptable answers for each USD.
    Quality,          ///< The least share of the higher tier's quality that is kept: the greatest λ that keeps it.
    CostShare,        ///< The greatest share of what the higher tier alone would cost: the least λ that stays within it.
    AcceptedErrorMax  ///< Of the drafts that are served at most so many are wrong, with 95 % certainty; the others climb.
};

/// When a calibrated class decides.
enum class GainTime : std::uint8_t {
    Draft,  ///< By the bound tier's answer.
    Ask,    ///< By the request alone, before anything is asked: no draft is thrown away, and none is looked at.
};

/// How a class that is calibrated escalates.
struct GainRule {
    GainKnob knob = GainKnob::Quality;
    double value = 1.0;
    GainTime time = GainTime::Draft;
    bool operator==(const GainRule&) const = default;
};

}  // namespace tierway::config
