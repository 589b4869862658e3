#include "tierway/cascade/probability_map.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tierway::cascade {
namespace {

constexpr double kLeast = 1e-6;

}  // namespace

double log_odds(double probability) noexcept {
    const double bounded = std::isnan(probability) ? kLeast : std::clamp(probability, kLeast, 1.0 - kLeast);
    return std::log(bounded / (1.0 - bounded));
}

double sigmoid(double value) noexcept {
    return 1.0 / (1.0 + std::exp(-value));
}

ProbabilityMap ProbabilityMap::platt(double slope, double offset) {
    ProbabilityMap map;
    map.kind_ = Kind::Platt;
    map.slope_ = slope;
    map.offset_ = offset;
    return map;
}

Result<ProbabilityMap> ProbabilityMap::isotonic(std::vector<Knot> knots) {
    const auto outside = [](const Knot& knot) { return !(knot.from >= 0.0 && knot.from <= 1.0 && knot.to >= 0.0 && knot.to <= 1.0); };
    const auto falls = [](const Knot& a, const Knot& b) { return a.from >= b.from || a.to > b.to; };
    if (knots.empty() || std::any_of(knots.begin(), knots.end(), outside) ||
        std::adjacent_find(knots.begin(), knots.end(), falls) != knots.end()) {
        return Error::internal("The knots of a calibration must ascend from 0 to 1.");
    }
    ProbabilityMap map;
    map.kind_ = Kind::Isotonic;
    map.knots_ = std::move(knots);
    return map;
}

double ProbabilityMap::operator()(double raw) const noexcept {
    if (kind_ == Kind::Platt) {
        return sigmoid(slope_ * log_odds(raw) + offset_);
    }
    const double bounded = std::isnan(raw) ? 0.0 : std::clamp(raw, 0.0, 1.0);
    if (kind_ == Kind::Identity) {
        return bounded;
    }
    const auto after = std::upper_bound(knots_.begin(), knots_.end(), bounded,
                                        [](double value, const Knot& knot) { return value < knot.from; });
    if (after == knots_.begin()) {
        return knots_.front().to;
    }
    if (after == knots_.end()) {
        return knots_.back().to;
    }
    const Knot& low = *(after - 1);
    return low.to + (after->to - low.to) * (bounded - low.from) / (after->from - low.from);
}

}  // namespace tierway::cascade
