#include "tierway/ledger/token_relation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tierway::ledger {
namespace {

// All logarithms are to the base of two.
constexpr double kLogFactorMin = -1.0;
constexpr double kLogFactorMax = 4.0;
constexpr double kDeviationMin = 0.02;
constexpr double kDeviationMax = 1.0;
constexpr double kDeviationsCounted = 3.0;
/// A report counts as no further away than this. At least a tenth of a doubling, so that a model that changes its tokenizer after
/// a thousand like reports is followed.
constexpr double kStepMin = 0.1;
constexpr double kStepMax = 1.0;
constexpr double kWeightFirst = 1.0 / 8;
constexpr double kWeightLast = 1.0 / 64;
/// From here on, weights shrink as those of a mean of all reports would.
constexpr double kReportsOfFirstWeight = 32.0;
constexpr double kStepsOfDoubling = 16.0;
/// What is expected is at most this many times the estimate …
constexpr double kFactorMax = 4.0;
/// … and so many tokens more, which is room for what a chat template adds to a prompt of a few words.
constexpr double kTemplateTokensMax = 64.0;

double log_factor_of(TokenRelation relation) noexcept {
    return static_cast<double>(relation.log_factor) / TokenRelation::kLogFactorUnit;
}

double deviation_of(TokenRelation relation) noexcept {
    return static_cast<double>(relation.deviation) / TokenRelation::kDeviationUnit;
}

double weight_of(std::uint16_t reports) noexcept {
    const double shrinking = kWeightFirst * kReportsOfFirstWeight / std::max(kReportsOfFirstWeight, static_cast<double>(reports));
    return std::max(shrinking, kWeightLast);
}

/// \param margin of the bounds.
std::int64_t scaled(std::int64_t tokens, double log_factor, double margin) noexcept {
    constexpr double kMost = 9e18;
    const auto estimated = static_cast<double>(std::max<std::int64_t>(tokens, 0));
    const double bound = margin * (estimated * kFactorMax + kTemplateTokensMax);
    const double product = std::min(std::ceil(estimated * std::exp2(log_factor)), bound);
    return product < kMost ? static_cast<std::int64_t>(product) : std::numeric_limits<std::int64_t>::max();
}

}  // namespace

TokenRelation learn(TokenRelation before, std::int64_t estimated, std::int64_t reported) noexcept {
    if (estimated <= 0 || reported <= 0) {
        return before;
    }
    const double mean = log_factor_of(before);
    const double deviation = deviation_of(before);
    const double reach = std::clamp(kDeviationsCounted * deviation, kStepMin, kStepMax);
    const double distance = std::log2(static_cast<double>(reported)) - std::log2(static_cast<double>(estimated)) - mean;
    const double counted = std::clamp(distance, -reach, reach);
    const double weight = weight_of(before.reports);
    const double new_mean = std::clamp(mean + weight * counted, kLogFactorMin, kLogFactorMax);
    const double new_deviation = std::clamp(deviation + weight * (std::abs(counted) - deviation), kDeviationMin, kDeviationMax);

    TokenRelation after;
    after.log_factor = static_cast<std::int32_t>(std::lround(new_mean * TokenRelation::kLogFactorUnit));
    after.deviation = static_cast<std::uint16_t>(std::lround(new_deviation * TokenRelation::kDeviationUnit));
    after.reports = before.reports == std::numeric_limits<std::uint16_t>::max() ? before.reports
                                                                                : static_cast<std::uint16_t>(before.reports + 1);
    return after;
}

std::int64_t expected_tokens(TokenRelation relation, std::int64_t estimated) noexcept {
    return scaled(estimated, log_factor_of(relation), 1.0);
}

std::int64_t tokens_at_most(TokenRelation relation, std::int64_t estimated) noexcept {
    const double most = log_factor_of(relation) + kDeviationsCounted * deviation_of(relation);
    // The units of a deviation are finer than a step; without taking one off, the beginning's three thirds would be rounded up.
    constexpr double kRounding = 1e-3;
    return scaled(estimated, std::ceil((most - kRounding) * kStepsOfDoubling) / kStepsOfDoubling, 2.0);
}

}  // namespace tierway::ledger
