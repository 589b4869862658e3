#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>

namespace tierway::lab {

/// A claim of confidence, and what came of it.
struct Claim {
    double confidence = 0.0;  ///< 0..1
    bool acceptable = false;
};

/// The claims of one tenth of the confidences. The last tenth holds 1.0 too.
struct ReliabilityBin {
    std::size_t claims = 0;
    double mean_confidence = 0.0;  ///< 0 without claims, as the next.
    double acceptable_share = 0.0;
};

inline constexpr std::size_t kReliabilityBins = 10;
using Reliability = std::array<ReliabilityBin, kReliabilityBins>;

/// What a reliability diagram shows: ten bins of equal width.
Reliability reliability_of(std::span<const Claim> claims);

/// The expected calibration error: the mean distance of confidence and acceptance over the ten bins, weighed by their claims
/// (ROUTING.md A6). Empty for no claims.
std::optional<double> expected_calibration_error(std::span<const Claim> claims);

/// The mean squared distance of the confidence from 1 or 0. Empty for no claims.
std::optional<double> brier_score(std::span<const Claim> claims);

}  // namespace tierway::lab
