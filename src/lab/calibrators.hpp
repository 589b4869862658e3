#pragma once

#include <span>

#include "tierway/cascade/probability_map.hpp"
#include "tierway/lab/reliability.hpp"

namespace tierway::lab {

/// Platt's map by Newton's method on the log-loss, with his smoothed targets (ROUTING.md A6).
cascade::ProbabilityMap fit_platt(std::span<const Claim> claims);

/// The isotonic map by pooling adjacent violators; a knot in the middle of each pool. REQUIRES: claims.
cascade::ProbabilityMap fit_isotonic(std::span<const Claim> claims);

/// The one that the number of claims allows: none, Platt's or the isotonic (`decision::kCalibrationRows`, `kIsotonicRows`).
cascade::ProbabilityMap fit_map(std::span<const Claim> claims);

}  // namespace tierway::lab
