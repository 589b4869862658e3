#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tierway::lab {

/// What a request costs, in USD, and how good its answer is, 0..1, when it goes one way. Means of them likewise.
struct Price {
    double cost = 0.0;
    double quality = 0.0;
};

/// One request as a router sees it: how much it speaks for climbing, and what either way comes to.
struct Fork {
    double score = 0.0;  ///< The higher, the sooner it climbs. Only the order counts.
    Price kept;          ///< It does not climb.
    Price climbed;       ///< It climbs, with all that was paid before.
};

/// Where a router stands at one threshold.
struct CurvePoint {
    double climbed_share = 0.0;
    Price mean;
};

/// The means over all requests as the threshold falls: from nothing climbs (share 0) to everything does (share 1), one point for
/// each different score. Requests of equal score climb together; between two points lies what a coin flip among them comes to, so
/// that a constant score is exactly the random router. Empty for no requests.
std::vector<CurvePoint> sweep(std::span<const Fork> forks);

/// The point at a share, between its neighbours. REQUIRES: the curve is not empty.
CurvePoint point_at(std::span<const CurvePoint> curve, double climbed_share);

/// The share of the quality gap between never and always climbing that the router recovers (ROUTING.md A2). Empty when climbing
/// everything gains nothing: there is no gap.
std::optional<double> performance_gap_recovered(std::span<const CurvePoint> curve, double climbed_share);

/// Its mean over all shares, as RouteLLM computes it: the trapezoid rule over the shares 0 %, 10 % … 100 %. The random router's
/// is 0.5.
std::optional<double> average_performance_gap_recovered(std::span<const CurvePoint> curve);

/// The call-performance threshold: the least share of requests that must climb to recover `recovered` of the gap, on the same
/// eleven points. The random router's is `recovered` itself.
std::optional<double> call_performance_threshold(std::span<const CurvePoint> curve, double recovered);

/// Non-decreasing upper convex hull of points: the best that mixing them by coin flips gives for every cost. By cost, ascending.
std::vector<Price> upper_hull(std::vector<Price> points);

/// RouterBench's AIQ: the mean height of the hull between the least and the greatest cost of the single models. Mixing with a
/// single model is open to every router, so the models' own points count among the router's. `models` alone give the figure of
/// the zero router, above which skill begins. Empty when the models cost the same.
std::optional<double> average_improvement_in_quality(std::span<const CurvePoint> curve, std::span<const Price> models);

/// The control: the mean of the curves when the scores are dealt out anew at random, `deals` times, at the shares 0 %, 10 % … 100 %.
/// It must recover half of the gap; anything else means that the figures themselves prefer somebody. Empty for no requests.
std::vector<CurvePoint> shuffled_curve(std::span<const Fork> forks, std::uint64_t seed, unsigned deals = 200);

}  // namespace tierway::lab
