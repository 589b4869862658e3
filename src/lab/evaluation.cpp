#include "tierway/lab/evaluation.hpp"

#include <algorithm>
#include <cmath>

namespace tierway::lab {
namespace {

/// One row of one way of serving: expected values where chance decides.
struct Served {
    double cost = 0.0;
    double quality = 0.0;
};

Served served(const Leg& leg) {
    return {leg.cost.to_double(), leg.acceptable ? 1.0 : 0.0};
}

Served mixed(const Leg& a, const Leg& b, double share_of_b) {
    const Served first = served(a);
    const Served second = served(b);
    return {first.cost + (second.cost - first.cost) * share_of_b, first.quality + (second.quality - first.quality) * share_of_b};
}

/// The rows of one evaluation and what every way of serving them is compared with.
class Comparison {
public:
    Comparison(const config::Snapshot& snapshot, std::vector<const ReplayedRow*> rows, std::uint64_t seed)
        : snapshot_(snapshot), rows_(std::move(rows)), seed_(seed) {
        for (const ReplayedRow* row : rows_) {
            forks_.push_back({row->score, price(row->kept), price(row->stepped_up)});
        }
        curve_ = sweep(forks_);
        models_ = {mean([](const ReplayedRow& row) { return served(row.cheap); }),
                   mean([](const ReplayedRow& row) { return served(row.frontier); })};
    }

    [[nodiscard]] Evaluation evaluation() const {
        Evaluation evaluation;
        evaluation.curve = curve_;
        evaluation.policy = policy();
        judge_confidences(evaluation);
        evaluation.baselines.cheap = of_model([](const ReplayedRow& row) { return row.cheap; }, config::TierId{});
        evaluation.baselines.frontier = of_model([](const ReplayedRow& row) { return row.frontier; }, snapshot_.frontier());
        evaluation.baselines.random = random(evaluation.policy);
        evaluation.baselines.oracle = oracle();
        evaluation.baselines.shuffled = shuffled(evaluation.policy);
        return evaluation;
    }

private:
    static Price price(const Leg& leg) { return {leg.cost.to_double(), leg.acceptable ? 1.0 : 0.0}; }
    [[nodiscard]] double count() const { return static_cast<double>(rows_.size()); }

    template <class Serve>
    [[nodiscard]] Price mean(const Serve& serve) const {
        Price sum;
        for (const ReplayedRow* row : rows_) {
            const Served one = serve(*row);
            sum.cost += one.cost;
            sum.quality += one.quality;
        }
        return rows_.empty() ? sum : Price{sum.cost / count(), sum.quality / count()};
    }

    /// The figures that every way of serving has.
    template <class Serve>
    [[nodiscard]] Figures figures(const Serve& serve) const {
        Figures figures;
        figures.rows = rows_.size();
        figures.tier_share.assign(snapshot_.tiers.size(), 0.0);
        std::vector<double> differences;
        differences.reserve(rows_.size());
        double best_quality = 0.0;
        double best_cost = 0.0;
        for (const ReplayedRow* row : rows_) {
            const Served one = serve(*row);
            const Served best = served(row->oracle);
            differences.push_back(one.quality - served(row->frontier).quality);
            figures.cost_usd += one.cost;
            best_quality += best.quality;
            best_cost += best.cost;
        }
        const Price own = mean(serve);
        const Price& frontier = models_[1];
        figures.quality = own.quality;
        figures.quality_difference = own.quality - frontier.quality;
        figures.quality_difference_interval = bootstrap_mean(differences, seed_);
        if (frontier.cost > 0.0) {
            figures.cost_ratio = own.cost / frontier.cost;
        }
        if (frontier.quality > 0.0) {
            figures.quality_ratio = own.quality / frontier.quality;
        }
        figures.quality_regret = rows_.empty() ? 0.0 : best_quality / count() - own.quality;
        figures.cost_regret_usd = figures.cost_usd - best_cost;
        return figures;
    }

    template <class Is>
    [[nodiscard]] double share_of(const Is& is) const {
        const auto those = std::count_if(rows_.begin(), rows_.end(), [&](const ReplayedRow* row) { return is(*row); });
        return rows_.empty() ? 0.0 : static_cast<double>(those) / count();
    }

    template <class TierOf>
    void share_tiers(Figures& figures, const TierOf& tier_of) const {
        for (std::size_t tier = 0; tier < figures.tier_share.size(); ++tier) {
            figures.tier_share[tier] = share_of([&](const ReplayedRow& row) { return config::index_of(tier_of(row)) == tier; });
        }
    }

    void measure_curve(Figures& figures, std::span<const CurvePoint> curve) const {
        figures.apgr = average_performance_gap_recovered(curve);
        for (std::size_t i = 0; i < kThresholds.size(); ++i) {
            figures.cpt[i] = call_performance_threshold(curve, kThresholds[i]);
        }
        figures.aiq = average_improvement_in_quality(curve, models_);
    }

    [[nodiscard]] Figures policy() const {
        Figures figures = this->figures([](const ReplayedRow& row) { return served(row.served); });
        share_tiers(figures, [](const ReplayedRow& row) { return row.tier; });
        figures.escalation_rate = share_of([](const ReplayedRow& row) { return row.escalated; });
        measure_curve(figures, curve_);
        return figures;
    }

    void judge_confidences(Evaluation& evaluation) const {
        std::vector<Claim> claims;
        std::vector<Claim> defaults;
        bool differ = false;
        for (const ReplayedRow* row : rows_) {
            if (row->confidence) {
                claims.push_back({*row->confidence, row->draft_acceptable});
                defaults.push_back({row->uncalibrated.value_or(*row->confidence), row->draft_acceptable});
                differ = differ || std::abs(claims.back().confidence - defaults.back().confidence) > 1e-9;
            }
        }
        evaluation.policy.ece = expected_calibration_error(claims);
        evaluation.policy.brier = brier_score(claims);
        evaluation.reliability = reliability_of(claims);
        if (differ) {
            evaluation.uncalibrated = reliability_of(defaults);
            evaluation.uncalibrated_ece = expected_calibration_error(defaults);
        }
    }

    template <class LegOf>
    [[nodiscard]] Figures of_model(const LegOf& leg_of, config::TierId tier) const {
        Figures figures = this->figures([&](const ReplayedRow& row) { return served(leg_of(row)); });
        share_tiers(figures, [tier](const ReplayedRow&) { return tier; });
        return figures;
    }

    [[nodiscard]] Figures random(const Figures& policy) const {
        const double cheap = models_[0].cost * count();
        const double dearer = models_[1].cost * count() - cheap;
        const double share = dearer > 0.0 ? std::clamp((policy.cost_usd - cheap) / dearer, 0.0, 1.0) : 0.0;
        Figures figures = this->figures([share](const ReplayedRow& row) { return mixed(row.cheap, row.frontier, share); });
        figures.tier_share.front() += 1.0 - share;
        figures.tier_share[config::index_of(snapshot_.frontier())] += share;
        if (models_[1].quality > models_[0].quality) {
            figures.apgr = 0.5;
            for (std::size_t i = 0; i < kThresholds.size(); ++i) {
                figures.cpt[i] = kThresholds[i];
            }
        }
        figures.aiq = average_improvement_in_quality({}, models_);
        return figures;
    }

    [[nodiscard]] Figures oracle() const {
        Figures figures = this->figures([](const ReplayedRow& row) { return served(row.oracle); });
        share_tiers(figures, [](const ReplayedRow& row) { return row.oracle_tier; });
        std::vector<Fork> forks;
        for (const ReplayedRow* row : rows_) {
            const Price cheap = price(row->cheap);
            const Price frontier = price(row->frontier);
            forks.push_back({frontier.quality - cheap.quality, cheap, frontier});
        }
        measure_curve(figures, sweep(forks));
        return figures;
    }

    [[nodiscard]] Figures shuffled(const Figures& policy) const {
        const double climbed = share_of([](const ReplayedRow& row) { return row.climbed; });
        Figures figures = this->figures([climbed](const ReplayedRow& row) { return mixed(row.kept, row.stepped_up, climbed); });
        figures.tier_share = policy.tier_share;
        figures.escalation_rate = policy.escalation_rate;
        measure_curve(figures, shuffled_curve(forks_, seed_));
        return figures;
    }

    const config::Snapshot& snapshot_;
    std::vector<const ReplayedRow*> rows_;
    std::uint64_t seed_;
    std::vector<Fork> forks_;
    std::vector<CurvePoint> curve_;
    std::array<Price, 2> models_;  ///< Always cheap, always the frontier.
};

}  // namespace

bool Evaluation::meets_bar() const noexcept {
    return !quality_bar || !policy.quality_ratio || *policy.quality_ratio >= *quality_bar;
}

bool EvaluationSet::meets_bars() const noexcept {
    return std::all_of(classes.begin(), classes.end(), [](const auto& each) { return each.second.meets_bar(); });
}

EvaluationSet evaluate(const config::Snapshot& snapshot, std::span<const ReplayedRow> rows, const Bars& bars, std::uint64_t seed) {
    std::vector<const ReplayedRow*> all;
    std::map<std::string, std::vector<const ReplayedRow*>, std::less<>> by_class;
    for (const ReplayedRow& row : rows) {
        all.push_back(&row);
        by_class[snapshot.request_class(row.request_class).name].push_back(&row);
    }
    EvaluationSet set;
    set.overall = Comparison(snapshot, std::move(all), seed).evaluation();
    for (auto& [name, its_rows] : by_class) {
        const config::RequestClass& request_class = snapshot.request_class(its_rows.front()->request_class);
        Evaluation& evaluation = set.classes[name] = Comparison(snapshot, std::move(its_rows), seed).evaluation();
        const auto bar = bars.find(name);
        evaluation.quality_bar = bar == bars.end() ? request_class.quality_bar : std::optional(bar->second);
    }
    return set;
}

}  // namespace tierway::lab
