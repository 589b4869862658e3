#include "tierway/lab/advice.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace tierway::lab {
namespace {

constexpr double kJustBelow = 1.0 - 1e-9;

/// What the rows came to at a λ: at the last point that is not beyond it. Before the first everything that gains climbs.
const decision::LambdaPoint& point_at(const decision::PairCalibration& pair, double lambda) {
    const auto after = std::upper_bound(pair.lambdas.begin(), pair.lambdas.end(), lambda,
                                        [](double value, const decision::LambdaPoint& point) { return value < point.lambda; });
    return after == pair.lambdas.begin() ? pair.lambdas.front() : *(after - 1);
}

ClassAdvice advise_class(const decision::PairCalibration& pair, double lambda) {
    const auto rows = static_cast<double>(pair.table.rows);
    ClassAdvice advice;
    advice.request_class = pair.key.request_class;
    advice.rows = pair.table.rows;
    advice.cheap = {static_cast<double>(pair.table.both + pair.table.only_cheap), pair.table.cheap_usd * rows};
    advice.strong = {static_cast<double>(pair.table.both + pair.table.only_strong), pair.table.strong_usd * rows};
    advice.climb = advice.cheap;
    if (!pair.lambdas.empty()) {
        const decision::LambdaPoint& point = point_at(pair, lambda);
        advice.climb = {point.acceptable, point.usd};
        advice.climbed_share = point.climbed / rows;
    }
    // Of what is worth the same the cheapest, and of those the simplest.
    const auto worth = [&](Mode mode) {
        return std::pair(advice.of(mode).acceptable - lambda * advice.of(mode).usd, -advice.of(mode).usd);
    };
    for (const Mode mode : {Mode::Strong, Mode::Climb}) {
        if (worth(mode) > worth(advice.mode)) {
            advice.mode = mode;
        }
    }
    return advice;
}

Advice advise_at(std::span<const decision::PairCalibration> pairs, double lambda) {
    Advice advice;
    advice.lambda = lambda;
    ModeEstimate chosen;
    ModeEstimate strong;
    for (const decision::PairCalibration& pair : pairs) {
        const ClassAdvice& one = advice.classes.emplace_back(advise_class(pair, lambda));
        chosen.acceptable += one.of(one.mode).acceptable;
        chosen.usd += one.of(one.mode).usd;
        strong.acceptable += one.strong.acceptable;
        strong.usd += one.strong.usd;
    }
    advice.quality_ratio = strong.acceptable > 0.0 ? chosen.acceptable / strong.acceptable : 1.0;
    advice.cost_ratio = strong.usd > 0.0 ? chosen.usd / strong.usd : 1.0;
    return advice;
}

}  // namespace

std::string_view name_of(Mode mode) noexcept {
    switch (mode) {
        case Mode::Cheap:
            return "cheap";
        case Mode::Strong:
            return "strong";
        case Mode::Climb:
            return "climb";
    }
    return "unknown";
}

const ModeEstimate& ClassAdvice::of(Mode asked) const noexcept {
    return asked == Mode::Cheap ? cheap : asked == Mode::Strong ? strong : climb;
}

Advice advise(std::span<const decision::PairCalibration> pairs, double quality) {
    std::vector<double> lambdas{0.0};
    for (const decision::PairCalibration& pair : pairs) {
        for (const decision::LambdaPoint& point : pair.lambdas) {
            lambdas.push_back(point.lambda);
        }
        // Just below where a class changes from one tier to the other as a whole.
        const ClassAdvice whole = advise_class(pair, 0.0);
        if (whole.strong.usd > whole.cheap.usd) {
            const double change = (whole.strong.acceptable - whole.cheap.acceptable) / (whole.strong.usd - whole.cheap.usd);
            lambdas.push_back(std::max(change * kJustBelow, 0.0));
        }
    }
    std::sort(lambdas.begin(), lambdas.end(), std::greater<>());
    lambdas.erase(std::unique(lambdas.begin(), lambdas.end()), lambdas.end());
    Advice best;
    best.quality_ratio = -1.0;
    for (const double lambda : lambdas) {
        Advice advice = advise_at(pairs, lambda);
        advice.reaches = advice.quality_ratio >= quality;
        if (advice.reaches) {
            return advice;
        }
        if (advice.quality_ratio > best.quality_ratio) {
            best = std::move(advice);
        }
    }
    return best;
}

}  // namespace tierway::lab
