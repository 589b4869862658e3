#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "tierway/base/error.hpp"

namespace tierway::cascade {

/// Turns a model's raw probability into a calibrated one: what share of the answers with that score was acceptable
/// (ROUTING.md section A6). A value; immutable once made.
class ProbabilityMap {
public:
    /// A knot of a piecewise linear map.
    struct Knot {
        double from = 0.0;
        double to = 0.0;
        bool operator==(const Knot&) const = default;
    };

    /// What comes in goes out.
    ProbabilityMap() = default;
    /// Platt's: sigmoid(slope · log-odds + offset).
    static ProbabilityMap platt(double slope, double offset);
    /// Between neighbouring knots linear, before the first and behind the last constant; so isotonic steps keep an order within.
    /// Error: no knots, or not ascending in `from` and `to` within 0..1.
    static Result<ProbabilityMap> isotonic(std::vector<Knot> knots);

    [[nodiscard]] double operator()(double raw) const noexcept;

    enum class Kind : std::uint8_t { Identity, Platt, Isotonic };
    [[nodiscard]] Kind kind() const noexcept { return kind_; }
    [[nodiscard]] double slope() const noexcept { return slope_; }
    [[nodiscard]] double offset() const noexcept { return offset_; }
    [[nodiscard]] std::span<const Knot> knots() const noexcept { return knots_; }

private:
    Kind kind_ = Kind::Identity;
    double slope_ = 1.0;
    double offset_ = 0.0;
    std::vector<Knot> knots_;
};

/// ln(p / (1 − p)), of a probability kept away from 0 and 1.
double log_odds(double probability) noexcept;
double sigmoid(double value) noexcept;

}  // namespace tierway::cascade
