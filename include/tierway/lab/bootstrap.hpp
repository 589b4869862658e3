#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace tierway::lab {

struct Interval {
    double low = 0.0;
    double high = 0.0;
};

inline constexpr unsigned kResamples = 2'000;

/// The 95 % percentile-bootstrap interval of a mean: rows are drawn anew with replacement `resamples` times, and the middle 95 % of
/// the means are kept. Given the differences of pairs, it is the paired interval of their mean. The same seed gives the same
/// interval. Empty for no values.
std::optional<Interval> bootstrap_mean(std::span<const double> values, std::uint64_t seed, unsigned resamples = kResamples);

}  // namespace tierway::lab
