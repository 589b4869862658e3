#include "lab/page/evaluation_plots.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "lab/page/figure_text.hpp"
#include "lab/page/plot.hpp"

namespace tierway::lab {
namespace {

constexpr std::size_t kCurvePointsMax = 240;

struct Mark {
    const char* style;
    const char* name;
    const Figures* figures;
};

std::vector<Mark> marks_of(const Evaluation& evaluation) {
    const Baselines& baselines = evaluation.baselines;
    return {{"policy", "this policy", &evaluation.policy},     {"frontier", "always the frontier", &baselines.frontier},
            {"cheap", "always the cheap model", &baselines.cheap}, {"random", "coin flip of the same cost", &baselines.random},
            {"shuffled", "policy with shuffled scores", &baselines.shuffled}, {"oracle", "oracle", &baselines.oracle}};
}

/// The curve with relative costs, thinned where it has more points than can be seen.
std::vector<Plot::Point> curve_points(const Evaluation& evaluation, double frontier_cost) {
    std::vector<Plot::Point> points;
    const std::size_t step = std::max<std::size_t>(1, evaluation.curve.size() / kCurvePointsMax);
    for (std::size_t i = 0; i < evaluation.curve.size(); ++i) {
        if (i % step == 0 || i + 1 == evaluation.curve.size()) {
            points.push_back({evaluation.curve[i].mean.cost / frontier_cost, evaluation.curve[i].mean.quality});
        }
    }
    return points;
}

Plot::Range padded(double low, double high, double least) {
    const double pad = std::max(0.06 * (high - low), least);
    return {low - pad, high + pad};
}

std::string legend_item(std::string_view style, std::string_view text) {
    return "<li><i class=\"key " + std::string(style) + "\"></i>" + std::string(text) + "</li>";
}

}  // namespace

std::string cost_quality_figure(const Evaluation& evaluation) {
    const double rows = static_cast<double>(std::max<std::size_t>(evaluation.policy.rows, 1));
    const double frontier_cost = evaluation.baselines.frontier.cost_usd / rows;
    if (!(frontier_cost > 0.0)) {
        return "<p>Always asking the frontier costs nothing here, so costs cannot be compared.</p>";
    }
    const std::vector<Plot::Point> curve = curve_points(evaluation, frontier_cost);
    const Figures& policy = evaluation.policy;
    const double frontier_quality = evaluation.baselines.frontier.quality;
    double low = 1.0;
    double high = 0.0;
    double dearest = 1.0;
    const auto include = [&](double cost, double quality) {
        low = std::min(low, quality);
        high = std::max(high, quality);
        dearest = std::max(dearest, cost);
    };
    for (const Plot::Point& point : curve) {
        include(point.x, point.y);
    }
    for (const Mark& mark : marks_of(evaluation)) {
        include(mark.figures->cost_ratio.value_or(0.0), mark.figures->quality);
    }
    const Interval interval = policy.quality_difference_interval.value_or(Interval{});
    include(0.0, frontier_quality + interval.low);
    include(0.0, frontier_quality + interval.high);

    Plot plot("Quality against cost", {0.0, dearest * 1.03}, padded(low, high, 0.005));
    plot.x_axis("cost, share of always asking the frontier", 6, 100, "%");
    plot.y_axis("acceptable answers", 6, 100, "%");
    const double cost = policy.cost_ratio.value_or(0.0);
    plot.line({{evaluation.baselines.cheap.cost_ratio.value_or(0.0), evaluation.baselines.cheap.quality}, {1.0, frontier_quality}}, "flip");
    plot.line(curve, "curve");
    plot.line({{cost, frontier_quality + interval.low}, {cost, frontier_quality + interval.high}}, "whisker");
    std::string legend;
    const std::vector<Mark> marks = marks_of(evaluation);
    for (auto mark = marks.rbegin(); mark != marks.rend(); ++mark) {
        const std::string text = std::string(mark->name) + ": " + fixed(100 * mark->figures->quality, 1) + " % acceptable at " +
                                 or_dash(mark->figures->cost_ratio, 1, 100) + " % of the cost";
        plot.dot({mark->figures->cost_ratio.value_or(0.0), mark->figures->quality}, mark->style == marks[0].style ? 6.5 : 5, mark->style, text);
        legend = legend_item(mark->style, text) + legend;
    }
    legend += legend_item("curve", "the policy's ranking at every threshold");
    legend += legend_item("flip", "coin flips between the cheap and the frontier model");
    return "<figure>" + plot.svg() + "<figcaption><ul class=\"legend\">" + legend + "</ul></figcaption></figure>";
}

std::string reliability_figure(const Evaluation& evaluation) {
    std::size_t claims = 0;
    for (const ReliabilityBin& bin : evaluation.reliability) {
        claims += bin.claims;
    }
    if (claims == 0) {
        return {};
    }
    Plot plot("Confidence in drafts against what came of them", {0.0, 1.0}, {0.0, 1.0});
    plot.x_axis("confidence in the draft", 5, 100, "%");
    plot.y_axis("acceptable drafts", 5, 100, "%");
    for (std::size_t i = 0; i < kReliabilityBins; ++i) {
        const double share = static_cast<double>(evaluation.reliability[i].claims) / static_cast<double>(claims);
        const double left = static_cast<double>(i) / kReliabilityBins;
        plot.bar(left + 0.008, left + 1.0 / kReliabilityBins - 0.008, share, "volume",
                 fixed(100 * share, 1) + " % of the drafts: " + std::to_string(evaluation.reliability[i].claims));
    }
    plot.line({{0.0, 0.0}, {1.0, 1.0}}, "flip");
    const auto draw = [&](const Reliability& bins, const char* line, const char* dot) {
        std::vector<Plot::Point> points;
        for (const ReliabilityBin& bin : bins) {
            if (bin.claims > 0) {
                points.push_back({bin.mean_confidence, bin.acceptable_share});
            }
        }
        plot.line(points, line);
        for (const ReliabilityBin& bin : bins) {
            if (bin.claims > 0) {
                const double share = static_cast<double>(bin.claims) / static_cast<double>(claims);
                plot.dot({bin.mean_confidence, bin.acceptable_share}, 2.5 + 5 * std::sqrt(share), dot,
                         fixed(100 * bin.acceptable_share, 1) + " % of " + std::to_string(bin.claims) + " drafts with confidence " +
                             fixed(bin.mean_confidence, 2) + " are acceptable");
            }
        }
    };
    std::string legend;
    if (evaluation.uncalibrated) {
        draw(*evaluation.uncalibrated, "before", "before");
        legend += legend_item("before", "before calibration, error " + or_dash(evaluation.uncalibrated_ece, 3));
    }
    draw(evaluation.reliability, "curve", "policy");
    legend += legend_item("policy", std::string(evaluation.uncalibrated ? "after calibration" : "as configured") + ", error " +
                                        or_dash(evaluation.policy.ece, 3));
    legend += legend_item("flip", "what a perfectly honest confidence would show");
    legend += legend_item("volume", "share of the drafts in each tenth");
    return "<figure>" + plot.svg() + "<figcaption><ul class=\"legend\">" + legend + "</ul></figcaption></figure>";
}

}  // namespace tierway::lab
