#include "tierway/cascade/share_interval.hpp"

#include <cmath>

namespace tierway::cascade {
namespace {

/// Of a two-sided interval of 95 %.
constexpr double kZ = 1.959963984540054;

}  // namespace

ShareInterval wilson_interval(double successes, double count) noexcept {
    if (!(count > 0.0)) {
        return {};
    }
    const double share = successes / count;
    const double scale = 1.0 + kZ * kZ / count;
    const double middle = (share + kZ * kZ / (2.0 * count)) / scale;
    const double half = kZ / scale * std::sqrt(share * (1.0 - share) / count + kZ * kZ / (4.0 * count * count));
    return {share, std::fmax(middle - half, 0.0), std::fmin(middle + half, 1.0)};
}

}  // namespace tierway::cascade
