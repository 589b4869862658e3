#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/cascade/draft_measures.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/decision/calibration.hpp"
#include "tierway/lab/outcome.hpp"
#include "tierway/lab/replay.hpp"

namespace tierway::lab {

/// What one recorded prompt teaches about a class and its pair of models: what the decision core would have seen, and what came of
/// either way.
struct Observation {
    std::string id;
    std::string ask;  ///< The human's words, as the features have them.
    cascade::DraftMeasures draft{};
    cascade::DraftSizes sizes;
    bool fatal = false;         ///< A signal says that the draft cannot be acceptable.
    double uncalibrated = 0.0;  ///< The confidence that the documented defaults have in the draft.
    bool cheap_acceptable = false;
    bool strong_acceptable = false;
    std::int64_t cheap_tokens = 0;
    std::int64_t strong_tokens = 0;
    double cheap_usd = 0.0;
    double second_usd = 0.0;
    double strong_usd = 0.0;
    std::int64_t estimated_prompt_tokens = 0;  ///< What is known of the prompt before anybody counted it.
};

/// The observations of one class.
struct ObservedPair {
    decision::PairKey key;
    config::ClassId request_class{};
    std::vector<Observation> observations;
};

/// What the rows teach, by class in the order of the configuration: rows are classified and bound by the decision core. Classes that
/// do not escalate teach nothing, and neither do rows that lack an answer of the pair or of the second opinion.
std::vector<ObservedPair> observe(const DecisionCore& core, std::span<const Outcome* const> rows);

}  // namespace tierway::lab
