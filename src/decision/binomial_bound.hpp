#pragma once

#include <cstdint>

namespace tierway::decision {

/// The upper Clopper–Pearson bound: the greatest share of errors under which so few as `errors` of `trials` still come up with
/// probability 1 − certainty (ROUTING.md A4). 1 without trials.
double upper_binomial_bound(std::uint64_t errors, std::uint64_t trials, double certainty) noexcept;

}  // namespace tierway::decision
