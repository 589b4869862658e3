#include "tierway/lab/routing_curve.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "lab/random_index.hpp"
#include "tierway/base/assert.hpp"

namespace tierway::lab {
namespace {

constexpr unsigned kSteps = 10;
/// What the sums of a curve may be off by.
constexpr double kRounding = 1e-12;

Price operator+(Price a, Price b) {
    return {a.cost + b.cost, a.quality + b.quality};
}

Price between(Price a, Price b, double part) {
    return {a.cost + (b.cost - a.cost) * part, a.quality + (b.quality - a.quality) * part};
}

/// The recovered share of the gap at 0 %, 10 % … 100 %; empty when there is no gap.
std::vector<double> recovered_at_steps(std::span<const CurvePoint> curve) {
    std::vector<double> recovered;
    if (curve.empty()) {
        return recovered;
    }
    const double lowest = curve.front().mean.quality;
    const double gap = curve.back().mean.quality - lowest;
    if (gap <= kRounding) {
        return recovered;
    }
    for (unsigned step = 0; step <= kSteps; ++step) {
        recovered.push_back((point_at(curve, static_cast<double>(step) / kSteps).mean.quality - lowest) / gap);
    }
    return recovered;
}

/// Whether `middle` lies on or below the line from `left` to `right`.
bool is_below(Price left, Price middle, Price right) {
    return (middle.quality - left.quality) * (right.cost - left.cost) <= (right.quality - left.quality) * (middle.cost - left.cost);
}

/// The area under a hull from one cost to another. Left of the hull nothing can be had; right of it the last height holds.
double area_under(std::span<const Price> hull, double from, double to) {
    double area = 0.0;
    for (std::size_t i = 0; i + 1 < hull.size(); ++i) {
        const double left = std::max(hull[i].cost, from);
        const double right = std::min(hull[i + 1].cost, to);
        if (right <= left) {
            continue;
        }
        const double width = hull[i + 1].cost - hull[i].cost;
        const Price at_left = between(hull[i], hull[i + 1], (left - hull[i].cost) / width);
        const Price at_right = between(hull[i], hull[i + 1], (right - hull[i].cost) / width);
        area += (right - left) * (at_left.quality + at_right.quality) / 2;
    }
    return area + std::max(0.0, to - std::max(hull.back().cost, from)) * hull.back().quality;
}

}  // namespace

std::vector<CurvePoint> sweep(std::span<const Fork> forks) {
    if (forks.empty()) {
        return {};
    }
    std::vector<std::size_t> order(forks.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return forks[a].score > forks[b].score; });
    const auto count = static_cast<double>(forks.size());
    Price sum;
    for (const Fork& fork : forks) {
        sum = sum + fork.kept;
    }
    std::vector<CurvePoint> curve{{0.0, {sum.cost / count, sum.quality / count}}};
    for (std::size_t i = 0; i < order.size(); ++i) {
        const Fork& fork = forks[order[i]];
        sum.cost += fork.climbed.cost - fork.kept.cost;
        sum.quality += fork.climbed.quality - fork.kept.quality;
        if (i + 1 == order.size() || forks[order[i + 1]].score != fork.score) {
            curve.push_back({static_cast<double>(i + 1) / count, {sum.cost / count, sum.quality / count}});
        }
    }
    return curve;
}

CurvePoint point_at(std::span<const CurvePoint> curve, double climbed_share) {
    TIERWAY_ASSERT(!curve.empty());
    const auto right = std::lower_bound(curve.begin(), curve.end(), climbed_share,
                                        [](const CurvePoint& point, double share) { return point.climbed_share < share; });
    if (right == curve.begin()) {
        return curve.front();
    }
    if (right == curve.end()) {
        return curve.back();
    }
    const CurvePoint& left = *(right - 1);
    const double part = (climbed_share - left.climbed_share) / (right->climbed_share - left.climbed_share);
    return {climbed_share, between(left.mean, right->mean, part)};
}

std::optional<double> performance_gap_recovered(std::span<const CurvePoint> curve, double climbed_share) {
    if (curve.empty()) {
        return std::nullopt;
    }
    const double lowest = curve.front().mean.quality;
    const double gap = curve.back().mean.quality - lowest;
    if (gap <= kRounding) {
        return std::nullopt;
    }
    return (point_at(curve, climbed_share).mean.quality - lowest) / gap;
}

std::optional<double> average_performance_gap_recovered(std::span<const CurvePoint> curve) {
    const std::vector<double> recovered = recovered_at_steps(curve);
    if (recovered.empty()) {
        return std::nullopt;
    }
    double area = 0.0;
    for (std::size_t step = 0; step < kSteps; ++step) {
        area += (recovered[step] + recovered[step + 1]) / 2;
    }
    return area / kSteps;
}

std::optional<double> call_performance_threshold(std::span<const CurvePoint> curve, double recovered) {
    const std::vector<double> at_steps = recovered_at_steps(curve);
    for (std::size_t step = 0; step < at_steps.size(); ++step) {
        if (at_steps[step] + kRounding < recovered) {
            continue;
        }
        if (step == 0) {
            return 0.0;
        }
        const double rise = at_steps[step] - at_steps[step - 1];
        const double part = (recovered - at_steps[step - 1]) / rise;
        return (static_cast<double>(step - 1) + std::min(part, 1.0)) / kSteps;
    }
    return std::nullopt;
}

std::vector<Price> upper_hull(std::vector<Price> points) {
    std::sort(points.begin(), points.end(), [](Price a, Price b) { return a.cost != b.cost ? a.cost < b.cost : a.quality > b.quality; });
    std::vector<Price> hull;
    for (const Price& point : points) {
        if (!hull.empty() && point.quality <= hull.back().quality) {
            continue;  // Dearer and no better.
        }
        while (hull.size() >= 2 && is_below(hull[hull.size() - 2], hull.back(), point)) {
            hull.pop_back();
        }
        hull.push_back(point);
    }
    return hull;
}

std::optional<double> average_improvement_in_quality(std::span<const CurvePoint> curve, std::span<const Price> models) {
    if (models.empty()) {
        return std::nullopt;
    }
    const auto [cheapest, dearest] =
        std::minmax_element(models.begin(), models.end(), [](const Price& a, const Price& b) { return a.cost < b.cost; });
    const double width = dearest->cost - cheapest->cost;
    if (width <= 0.0) {
        return std::nullopt;
    }
    std::vector<Price> points(models.begin(), models.end());
    for (const CurvePoint& point : curve) {
        points.push_back(point.mean);
    }
    const std::vector<Price> hull = upper_hull(std::move(points));
    return area_under(hull, cheapest->cost, dearest->cost) / width;
}

std::vector<CurvePoint> shuffled_curve(std::span<const Fork> forks, std::uint64_t seed, unsigned deals) {
    if (forks.empty() || deals == 0) {
        return {};
    }
    std::vector<CurvePoint> mean(kSteps + 1);
    std::vector<Fork> dealt(forks.begin(), forks.end());
    RandomIndex random(seed);
    for (unsigned deal = 0; deal < deals; ++deal) {
        for (std::size_t i = dealt.size(); i > 1; --i) {
            std::swap(dealt[i - 1].score, dealt[random.below(i)].score);
        }
        const std::vector<CurvePoint> curve = sweep(dealt);
        for (unsigned step = 0; step <= kSteps; ++step) {
            const CurvePoint point = point_at(curve, static_cast<double>(step) / kSteps);
            mean[step].climbed_share = point.climbed_share;
            mean[step].mean.cost += point.mean.cost / deals;
            mean[step].mean.quality += point.mean.quality / deals;
        }
    }
    return mean;
}

}  // namespace tierway::lab
