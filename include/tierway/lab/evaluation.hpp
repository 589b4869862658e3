#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tierway/base/usd.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/lab/bootstrap.hpp"
#include "tierway/lab/reliability.hpp"
#include "tierway/lab/replay.hpp"
#include "tierway/lab/routing_curve.hpp"

namespace tierway::lab {

/// The recovered shares of the gap that thresholds are given for.
inline constexpr std::array<double, 3> kThresholds{0.5, 0.8, 0.95};

/// What a way of serving the rows comes to. What has no meaning for it is absent.
struct Figures {
    std::size_t rows = 0;
    double cost_usd = 0.0;  ///< Of all rows together. An expectation where chance decides.
    double quality = 0.0;   ///< The share of acceptable answers.
    std::optional<double> cost_ratio;     ///< To always asking the frontier.
    std::optional<double> quality_ratio;  ///< Likewise.
    double quality_difference = 0.0;      ///< To always asking the frontier.
    std::optional<Interval> quality_difference_interval;  ///< 95 %, paired.
    std::vector<double> tier_share;                       ///< Of the answers, by tier.
    double escalation_rate = 0.0;                         ///< Drafts given up, of all rows.
    double quality_regret = 0.0;                          ///< How far the oracle's quality is above …
    double cost_regret_usd = 0.0;                         ///< … and how much less it pays, for all rows together.
    std::optional<double> apgr;
    std::array<std::optional<double>, kThresholds.size()> cpt;
    std::optional<double> aiq;
    std::optional<double> ece;
    std::optional<double> brier;
};

/// Other ways of serving the same rows.
struct Baselines {
    Figures cheap;
    Figures frontier;
    Figures random;    ///< A coin flip between those two that costs as much as the policy: expected values.
    Figures oracle;    ///< The cheapest acceptable model of each row, known beforehand.
    Figures shuffled;  ///< The policy with its scores dealt out anew: climbs as many rows, but no longer the right ones.
};

/// All that is said of a set of rows.
struct Evaluation {
    Figures policy;
    Baselines baselines;
    std::vector<CurvePoint> curve;  ///< The policy's ranking over all thresholds.
    Reliability reliability{};      ///< Of the confidences in drafts.
    std::optional<Reliability> uncalibrated;  ///< What the documented defaults say, where that differs.
    std::optional<double> uncalibrated_ece;
    std::optional<double> quality_bar;
    /// Whether the quality ratio reaches the bar; true without one.
    [[nodiscard]] bool meets_bar() const noexcept;
};

struct EvaluationSet {
    Evaluation overall;
    std::map<std::string, Evaluation, std::less<>> classes;  ///< Those that have rows.
    [[nodiscard]] bool meets_bars() const noexcept;
};

/// Bars that stand in for those of the configuration, by class.
using Bars = std::map<std::string, double, std::less<>>;

/// Pure: the same rows and seed give the same figures.
EvaluationSet evaluate(const config::Snapshot& snapshot, std::span<const ReplayedRow> rows, const Bars& bars, std::uint64_t seed);

}  // namespace tierway::lab
