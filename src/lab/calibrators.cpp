#include "lab/calibrators.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "tierway/base/assert.hpp"
#include "tierway/decision/calibration.hpp"

namespace tierway::lab {
namespace {

constexpr int kNewtonSteps = 50;
constexpr double kRidge = 1e-9;
/// No finite number of rows makes anything certain.
constexpr double kLeast = 0.002;

struct Pool {
    double raw = 0.0;  ///< Sums over the pool's claims.
    double acceptable = 0.0;
    double count = 0.0;
    [[nodiscard]] double mean() const noexcept { return acceptable / count; }
};

}  // namespace

cascade::ProbabilityMap fit_platt(std::span<const Claim> claims) {
    const auto right = static_cast<double>(std::count_if(claims.begin(), claims.end(), [](const Claim& c) { return c.acceptable; }));
    const double wrong = static_cast<double>(claims.size()) - right;
    const double target_right = (right + 1.0) / (right + 2.0);
    const double target_wrong = 1.0 / (wrong + 2.0);
    double slope = 1.0;
    double offset = 0.0;
    for (int step = 0; step < kNewtonSteps; ++step) {
        double gradient_slope = 0.0, gradient_offset = 0.0, h11 = kRidge, h12 = 0.0, h22 = kRidge;
        for (const Claim& claim : claims) {
            const double z = cascade::log_odds(claim.confidence);
            const double p = cascade::sigmoid(slope * z + offset);
            const double error = p - (claim.acceptable ? target_right : target_wrong);
            const double weight = std::max(p * (1.0 - p), 1e-12);
            gradient_slope += error * z;
            gradient_offset += error;
            h11 += weight * z * z;
            h12 += weight * z;
            h22 += weight;
        }
        const double determinant = h11 * h22 - h12 * h12;
        if (!(determinant > 0.0)) {
            break;
        }
        const double step_slope = (h22 * gradient_slope - h12 * gradient_offset) / determinant;
        const double step_offset = (h11 * gradient_offset - h12 * gradient_slope) / determinant;
        // A step beyond this has left what the quadratic knows.
        slope -= std::clamp(step_slope, -2.0, 2.0);
        offset -= std::clamp(step_offset, -2.0, 2.0);
        if (std::abs(step_slope) + std::abs(step_offset) < 1e-10) {
            break;
        }
    }
    // More confidence never means less acceptance; a score that says nothing maps to the mean.
    return slope > 0.0 ? cascade::ProbabilityMap::platt(slope, offset)
                       : cascade::ProbabilityMap::platt(0.0, cascade::log_odds((right + 1.0) / (right + wrong + 2.0)));
}

cascade::ProbabilityMap fit_isotonic(std::span<const Claim> claims) {
    TIERWAY_ASSERT(!claims.empty());
    std::vector<Claim> sorted(claims.begin(), claims.end());
    std::sort(sorted.begin(), sorted.end(), [](const Claim& a, const Claim& b) { return a.confidence < b.confidence; });
    std::vector<Pool> pools;
    for (std::size_t i = 0; i < sorted.size();) {
        // Equal scores are one pool, whatever came of them.
        Pool pool;
        const double score = sorted[i].confidence;
        for (; i < sorted.size() && sorted[i].confidence == score; ++i) {
            pool.raw += score;
            pool.acceptable += sorted[i].acceptable ? 1.0 : 0.0;
            pool.count += 1.0;
        }
        while (!pools.empty() && pools.back().mean() >= pool.mean()) {
            pool.raw += pools.back().raw;
            pool.acceptable += pools.back().acceptable;
            pool.count += pools.back().count;
            pools.pop_back();
        }
        pools.push_back(pool);
    }
    std::vector<cascade::ProbabilityMap::Knot> knots;
    for (const Pool& pool : pools) {
        const double from = std::clamp(pool.raw / pool.count, 0.0, 1.0);
        if (knots.empty() || from > knots.back().from) {
            knots.push_back({from, std::clamp(pool.mean(), kLeast, 1.0 - kLeast)});
        }
    }
    auto map = cascade::ProbabilityMap::isotonic(std::move(knots));
    TIERWAY_ASSERT(map.has_value());
    return std::move(*map);
}

cascade::ProbabilityMap fit_map(std::span<const Claim> claims) {
    if (claims.size() >= decision::kIsotonicRows) {
        return fit_isotonic(claims);
    }
    return claims.size() >= decision::kCalibrationRows ? fit_platt(claims) : cascade::ProbabilityMap();
}

}  // namespace tierway::lab
