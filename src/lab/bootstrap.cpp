#include "tierway/lab/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "lab/random_index.hpp"

namespace tierway::lab {
namespace {

constexpr double kTail = 0.025;

/// Between the two nearest of sorted values.
double quantile(const std::vector<double>& sorted, double part) {
    const double at = part * static_cast<double>(sorted.size() - 1);
    const auto left = static_cast<std::size_t>(at);
    const std::size_t right = std::min(left + 1, sorted.size() - 1);
    return sorted[left] + (sorted[right] - sorted[left]) * (at - std::floor(at));
}

}  // namespace

std::optional<Interval> bootstrap_mean(std::span<const double> values, std::uint64_t seed, unsigned resamples) {
    if (values.empty() || resamples == 0) {
        return std::nullopt;
    }
    RandomIndex random(seed);
    std::vector<double> means(resamples);
    for (double& mean : means) {
        double sum = 0.0;
        for (std::size_t i = 0; i < values.size(); ++i) {
            sum += values[random.below(values.size())];
        }
        mean = sum / static_cast<double>(values.size());
    }
    std::sort(means.begin(), means.end());
    return Interval{quantile(means, kTail), quantile(means, 1.0 - kTail)};
}

}  // namespace tierway::lab
