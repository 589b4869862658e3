#pragma once

#include <cstdint>
#include <span>

#include "tierway/decision/calibration.hpp"
#include "tierway/lab/observation.hpp"

namespace tierway::lab {

/// Learns all that a class can be served by: the table of outcomes, the models of both answers' chances, their calibration, and what
/// held-out rows come to at every λ. Held-out means: predicted by models fitted on the other four fifths. Deterministic.
/// REQUIRES: at least one observation.
decision::PairCalibration fit_pair(const config::Snapshot& snapshot, const ObservedPair& pair, std::uint64_t seed = 0);

/// Of every class that the rows teach something about.
decision::CalibrationPtr fit_calibration(const DecisionCore& core, std::span<const Outcome* const> rows, std::uint64_t seed = 0);

}  // namespace tierway::lab
