#pragma once

#include <string>

#include "tierway/lab/evaluation.hpp"

namespace tierway::lab {

/// Cost against quality: the policy's ranking over all thresholds, the policy's own point with its interval, the baselines and the
/// coin flip between the cheap and the frontier model. A figure with its legend.
std::string cost_quality_figure(const Evaluation& evaluation);

/// Confidence against what came of it, with the share of rows in each tenth; before calibration too, where that differs. Empty
/// when nothing was judged.
std::string reliability_figure(const Evaluation& evaluation);

}  // namespace tierway::lab
