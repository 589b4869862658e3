#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "lab/page/figure_text.hpp"
#include "tierway/base/text_table.hpp"
#include "tierway/lab/evaluation_run.hpp"

namespace tierway::lab {
namespace {

constexpr std::size_t kReasonsMax = 20;

std::vector<std::string> head(const config::Snapshot& snapshot) {
    std::vector<std::string> cells{"class",    "served by", "rows",        "cost_usd", "cost %", "quality", "kept %", "difference",
                                   "95 % interval", "escalated %"};
    for (const config::Tier& tier : snapshot.tiers) {
        cells.push_back(tier.name + " %");
    }
    for (const char* name : {"regret", "apgr", "cpt50", "cpt80", "cpt95", "aiq", "ece", "brier", "bar"}) {
        cells.emplace_back(name);
    }
    return cells;
}

std::vector<std::string> line(std::string name, std::string served_by, const Figures& figures, std::string bar) {
    std::vector<std::string> cells{std::move(name),
                                   std::move(served_by),
                                   std::to_string(figures.rows),
                                   fixed(figures.cost_usd, 6),
                                   or_dash(figures.cost_ratio, 1, 100),
                                   fixed(figures.quality, 4),
                                   or_dash(figures.quality_ratio, 1, 100),
                                   points(figures.quality_difference)};
    const auto& interval = figures.quality_difference_interval;
    cells.push_back(interval ? points(interval->low) + " to " + points(interval->high) : "-");
    cells.push_back(fixed(100 * figures.escalation_rate, 1));
    for (const double share : figures.tier_share) {
        cells.push_back(fixed(100 * share, 1));
    }
    cells.push_back(fixed(100 * figures.quality_regret, 2));
    cells.push_back(or_dash(figures.apgr, 3));
    for (const auto& threshold : figures.cpt) {
        cells.push_back(or_dash(threshold, 3));
    }
    cells.push_back(or_dash(figures.aiq, 4));
    cells.push_back(or_dash(figures.ece, 3));
    cells.push_back(or_dash(figures.brier, 3));
    cells.push_back(std::move(bar));
    return cells;
}

std::string bar_text(const Evaluation& evaluation) {
    if (!evaluation.quality_bar) {
        return "-";
    }
    return fixed(100 * *evaluation.quality_bar, 1) + (evaluation.meets_bar() ? " met" : " MISSED");
}

void add_lines(const std::string& name, const Evaluation& evaluation, std::vector<std::vector<std::string>>& lines) {
    lines.push_back(line(name, "policy", evaluation.policy, bar_text(evaluation)));
    const Baselines& baselines = evaluation.baselines;
    const std::array<std::pair<const char*, const Figures*>, 5> others{{{"cheap", &baselines.cheap},
                                                                        {"frontier", &baselines.frontier},
                                                                        {"random", &baselines.random},
                                                                        {"oracle", &baselines.oracle},
                                                                        {"shuffled", &baselines.shuffled}}};
    for (const auto& [served_by, figures] : others) {
        lines.push_back(line("", served_by, *figures, ""));
    }
}

}  // namespace

std::vector<PassedOverReason> reasons_of(const std::vector<PassedOverRow>& rows) {
    std::map<std::pair<std::string_view, std::string_view>, std::size_t> counts;
    for (const PassedOverRow& row : rows) {
        ++counts[{row.why.code(), row.why.message()}];
    }
    std::vector<PassedOverReason> reasons;
    for (const auto& [what, count] : counts) {
        reasons.push_back({std::string(what.first), std::string(what.second), count});
    }
    std::stable_sort(reasons.begin(), reasons.end(), [](const auto& a, const auto& b) { return a.rows > b.rows; });
    if (reasons.size() > kReasonsMax) {
        PassedOverReason others{"other", "For various other reasons.", 0};
        for (std::size_t i = kReasonsMax - 1; i < reasons.size(); ++i) {
            others.rows += reasons[i].rows;
        }
        reasons.resize(kReasonsMax - 1);
        reasons.push_back(std::move(others));
    }
    return reasons;
}

std::string evaluation_text(const EvaluationRun& run) {
    std::vector<std::vector<std::string>> lines{head(*run.snapshot)};
    for (const auto& [name, evaluation] : run.set.classes) {
        add_lines(name, evaluation, lines);
    }
    add_lines("overall", run.set.overall, lines);
    std::string text = text_table(lines, 2);
    text += "\nPolicy " + run.snapshot->policy_hash + "; " + std::to_string(run.set.overall.policy.rows) + " of " +
            std::to_string(run.rows_read) + " rows; ";
    text += run.refitted ? std::to_string(run.folds) + "-fold cross-validated calibration" : "calibration as configured";
    text += "; costs and qualities in % are of always asking the frontier, differences and regret in percentage points.\n";
    for (const PassedOverReason& reason : run.passed_over) {
        text += "Passed over: " + std::to_string(reason.rows) + " rows (" + reason.code + "). " + reason.message + '\n';
    }
    return text;
}

}  // namespace tierway::lab
