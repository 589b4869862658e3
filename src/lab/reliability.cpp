#include "tierway/lab/reliability.hpp"

#include <algorithm>
#include <cmath>

namespace tierway::lab {

Reliability reliability_of(std::span<const Claim> claims) {
    Reliability bins;
    for (const Claim& claim : claims) {
        const double at = std::clamp(claim.confidence, 0.0, 1.0) * static_cast<double>(kReliabilityBins);
        ReliabilityBin& bin = bins[std::min(static_cast<std::size_t>(at), kReliabilityBins - 1)];
        ++bin.claims;
        bin.mean_confidence += claim.confidence;
        bin.acceptable_share += claim.acceptable ? 1.0 : 0.0;
    }
    for (ReliabilityBin& bin : bins) {
        if (bin.claims > 0) {
            bin.mean_confidence /= static_cast<double>(bin.claims);
            bin.acceptable_share /= static_cast<double>(bin.claims);
        }
    }
    return bins;
}

std::optional<double> expected_calibration_error(std::span<const Claim> claims) {
    if (claims.empty()) {
        return std::nullopt;
    }
    double sum = 0.0;
    for (const ReliabilityBin& bin : reliability_of(claims)) {
        sum += static_cast<double>(bin.claims) * std::abs(bin.acceptable_share - bin.mean_confidence);
    }
    return sum / static_cast<double>(claims.size());
}

std::optional<double> brier_score(std::span<const Claim> claims) {
    if (claims.empty()) {
        return std::nullopt;
    }
    double sum = 0.0;
    for (const Claim& claim : claims) {
        const double distance = claim.confidence - (claim.acceptable ? 1.0 : 0.0);
        sum += distance * distance;
    }
    return sum / static_cast<double>(claims.size());
}

}  // namespace tierway::lab
