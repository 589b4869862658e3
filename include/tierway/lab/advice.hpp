#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/decision/calibration.hpp"

namespace tierway::lab {

/// How a class may be served.
enum class Mode : std::uint8_t {
    Cheap,   ///< By the bound tier alone.
    Strong,  ///< By the higher tier alone.
    Climb,   ///< By the bound tier first, or by either as the ask says: as its gain rule decides.
};
std::string_view name_of(Mode mode) noexcept;

/// What held-out rows of a class came to in one mode: sums.
struct ModeEstimate {
    double acceptable = 0.0;
    double usd = 0.0;
};

struct ClassAdvice {
    std::string request_class;
    std::uint64_t rows = 0;
    Mode mode = Mode::Cheap;
    ModeEstimate cheap;
    ModeEstimate strong;
    ModeEstimate climb;          ///< At the advice's λ.
    double climbed_share = 0.0;  ///< In that mode.

    [[nodiscard]] const ModeEstimate& of(Mode asked) const noexcept;
};

/// One λ for all classes, and for each the mode that is worth most at it.
struct Advice {
    double lambda = 0.0;
    std::vector<ClassAdvice> classes;
    double quality_ratio = 1.0;  ///< To the higher tier alone, over all rows.
    double cost_ratio = 1.0;
    bool reaches = false;  ///< Whether that keeps the quality that was asked for; else it is the best there is.
};

/// The cheapest advice that keeps `quality` of the higher tiers' over all classes together: the greatest λ at which the modes of
/// greatest acceptable − λ · usd keep it (ROUTING.md A3, A4). Equal quality costs least under one λ for all classes. Estimates are
/// those of held-out rows, but modes and λ are chosen on the same rows, so they are a little hopeful.
Advice advise(std::span<const decision::PairCalibration> pairs, double quality);

}  // namespace tierway::lab
