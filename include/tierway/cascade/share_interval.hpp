#pragma once

namespace tierway::cascade {

/// A share with its 95 % interval.
struct ShareInterval {
    double estimate = 0.0;
    double low = 0.0;
    double high = 1.0;
};

/// Wilson's score interval (Wilson 1927): honest for few counts and near 0 and 1, where the customary one is not. Without any
/// count nothing is known: 0 … 1. \param successes at most `count`; neither need be whole, so that counts may fade.
ShareInterval wilson_interval(double successes, double count) noexcept;

}  // namespace tierway::cascade
