#include <algorithm>
#include <string>

#include "lab/page/evaluation_plots.hpp"
#include "lab/page/figure_text.hpp"
#include "lab/page/report_style.hpp"
#include "tierway/base/time_text.hpp"
#include "tierway/lab/evaluation_run.hpp"

namespace tierway::lab {
namespace {

std::string percent(const std::optional<double>& share) {
    return share ? fixed(100 * *share, 1) + " %" : "-";
}

std::string tile(const std::string& figure, const std::string& text) {
    return "<div class=\"tile\"><b>" + figure + "</b><span>" + text + "</span></div>";
}

std::string interval_text(const Figures& figures) {
    const auto& interval = figures.quality_difference_interval;
    return interval ? points(interval->low) + " to " + points(interval->high) : "-";
}

/// What the interval says, for somebody who does not know intervals.
std::string verdict_on(const Figures& figures) {
    if (!figures.quality_difference_interval) {
        return "No rows, so nothing can be said.";
    }
    const Interval& interval = *figures.quality_difference_interval;
    if (interval.high < 0.0) {
        return "The answers are measurably worse than the frontier's: the whole interval lies below zero.";
    }
    if (interval.low > 0.0) {
        return "The answers are measurably better than the frontier's: the whole interval lies above zero.";
    }
    return "No difference to the frontier can be measured on these rows: the interval contains zero.";
}

std::string tiles(const EvaluationSet& set) {
    const Figures& policy = set.overall.policy;
    const Figures& frontier = set.overall.baselines.frontier;
    std::string text = "<div class=\"tiles\">";
    text += tile(percent(policy.cost_ratio), "of the cost of always asking the frontier: $" + fixed(policy.cost_usd, 4) + " instead of $" +
                                                 fixed(frontier.cost_usd, 4));
    text += tile(percent(policy.quality_ratio), "of its quality: " + fixed(100 * policy.quality, 1) + " % acceptable answers, the frontier has " +
                                                    fixed(100 * frontier.quality, 1) + " %");
    text += tile(interval_text(policy), "points of quality difference, 95 % interval. " + verdict_on(policy));
    std::string missed;
    std::size_t bars = 0;
    for (const auto& [name, evaluation] : set.classes) {
        bars += evaluation.quality_bar ? 1 : 0;
        missed += evaluation.meets_bar() ? "" : (missed.empty() ? "" : ", ") + html(name);
    }
    if (!missed.empty()) {
        text += tile("<span class=\"missed\">missed</span>", "the quality bar of " + missed);
    } else {
        text += bars == 0 ? tile("no bar", "is set for any class (<code>quality_bar</code>)")
                          : tile("<span class=\"met\">met</span>", "every quality bar of " + std::to_string(bars) + (bars == 1 ? " class" : " classes"));
    }
    return text + "</div>";
}

std::string shares_cell(const config::Snapshot& snapshot, const Figures& figures) {
    std::string bar;
    std::string hint;
    for (std::size_t tier = 0; tier < figures.tier_share.size(); ++tier) {
        const std::string share = fixed(100 * figures.tier_share[tier], 1);
        bar += "<i style=\"width:" + share + "%\"></i>";
        hint += (hint.empty() ? "" : ", ") + html(snapshot.tiers[tier].name) + ' ' + share + " %";
    }
    return "<td><div class=\"shares\" title=\"" + hint + "\">" + bar + "</div></td>";
}

/// \param bar a cell that stands behind what it concerns.
std::string cells(const config::Snapshot& snapshot, const Figures& figures, const std::string& bar) {
    std::string row;
    const auto cell = [&row](const std::string& text) { row += "<td>" + text + "</td>"; };
    cell(std::to_string(figures.rows));
    cell("$" + fixed(figures.cost_usd, 4));
    cell(percent(figures.cost_ratio));
    cell(fixed(100 * figures.quality, 1) + " %");
    cell(percent(figures.quality_ratio));
    row += bar;
    cell(points(figures.quality_difference));
    cell(interval_text(figures));
    row += shares_cell(snapshot, figures);
    cell(percent(figures.escalation_rate));
    cell(points(-figures.quality_regret));
    cell(or_dash(figures.apgr, 3));
    cell(percent(figures.cpt[0]) + " / " + percent(figures.cpt[1]) + " / " + percent(figures.cpt[2]));
    cell(or_dash(figures.aiq, 4));
    cell(or_dash(figures.ece, 3));
    cell(or_dash(figures.brier, 3));
    return row;
}

std::string head_row(const char* first, bool with_bar) {
    std::string row = "<thead><tr><th scope=\"col\">" + std::string(first) + "</th>";
    for (const std::string_view name : {"rows", "cost", "of frontier", "acceptable", "kept", "bar", "difference", "95 % interval", "tiers",
                                        "escalated", "to oracle", "APGR", "CPT 50 / 80 / 95", "AIQ", "ECE", "Brier"}) {
        if (with_bar || name != "bar") {
            row += "<th scope=\"col\">" + std::string(name) + "</th>";
        }
    }
    return row + "</tr></thead>";
}

std::string bar_cell(const Evaluation& evaluation) {
    if (!evaluation.quality_bar) {
        return "<td>-</td>";
    }
    const bool met = evaluation.meets_bar();
    return std::string("<td class=\"") + (met ? "met" : "missed") + "\">" + percent(evaluation.quality_bar) + (met ? " met" : " missed") + "</td>";
}

/// Which colour of the shares is which tier.
std::string tier_key(const config::Snapshot& snapshot) {
    std::string text = "<p class=\"note tiers\">Answered by the tier ";
    for (std::size_t tier = 0; tier < snapshot.tiers.size(); ++tier) {
        const char* const style = tier + 1 == snapshot.tiers.size() ? "frontier" : tier == 0 ? "cheap" : "policy";
        text += "<span><i class=\"key " + std::string(style) + "\"></i>" + html(snapshot.tiers[tier].name) + "</span>";
    }
    return text + "</p>";
}

std::string class_table(const config::Snapshot& snapshot, const EvaluationSet& set) {
    std::string text = "<div class=\"scroll\"><table>" + head_row("class", true) + "<tbody>";
    for (const auto& [name, evaluation] : set.classes) {
        text += "<tr><th scope=\"row\">" + html(name) + "</th>" + cells(snapshot, evaluation.policy, bar_cell(evaluation)) + "</tr>";
    }
    text += "<tr class=\"overall\"><th scope=\"row\">overall</th>" + cells(snapshot, set.overall.policy, "<td></td>") + "</tr>";
    return text + "</tbody></table></div>" + tier_key(snapshot);
}

std::string baseline_table(const config::Snapshot& snapshot, const Evaluation& overall) {
    std::string text = "<div class=\"scroll\"><table>" + head_row("served by", false) + "<tbody>";
    const auto line = [&](const char* name, const Figures& figures) {
        text += "<tr><th scope=\"row\">" + std::string(name) + "</th>" + cells(snapshot, figures, "") + "</tr>";
    };
    line("this policy", overall.policy);
    line("always cheap", overall.baselines.cheap);
    line("always frontier", overall.baselines.frontier);
    line("coin flip", overall.baselines.random);
    line("oracle", overall.baselines.oracle);
    line("shuffled", overall.baselines.shuffled);
    return text + "</tbody></table></div>";
}

std::string provenance(const EvaluationRun& run) {
    std::string text = "<p class=\"quiet\">" + std::to_string(run.set.overall.policy.rows) + " of " + std::to_string(run.rows_read) +
                       " recorded rows, evaluated " + html(rfc3339(run.evaluated_at)) + ", policy <code>" + html(run.snapshot->policy_hash) +
                       "</code>, ";
    text += run.refitted ? std::to_string(run.folds) + "-fold cross-validated calibration" : "calibration as configured";
    return text + ", seed " + std::to_string(run.seed) + ".</p>";
}

std::string sources(const EvaluationRun& run) {
    std::string text = "<h2>What was evaluated</h2><p class=\"note\">";
    for (const std::string& file : run.files) {
        text += "<code>" + html(file) + "</code> ";
    }
    text += "</p>";
    if (run.passed_over.empty()) {
        return text + "<p class=\"note\">No row was passed over.</p>";
    }
    for (const PassedOverReason& reason : run.passed_over) {
        text += "<p class=\"note\">Passed over: " + std::to_string(reason.rows) + " rows (" + html(reason.code) + "). " + html(reason.message) + "</p>";
    }
    return text;
}

constexpr std::string_view kMeanings =
    R"(<h2>How to read this</h2><dl>
<dt>Acceptable, kept</dt><dd>The share of answers that were recorded as good enough, and that share relative to always asking the frontier.</dd>
<dt>95 % interval</dt><dd>If other rows of the same kind had been recorded, the difference to the frontier would lie in here about 19 times out of 20; when it contains zero, these rows show no difference.</dd>
<dt>Coin flip</dt><dd>Sends rows to the frontier by chance, as many as the same money buys; only what lies above it is skill.</dd>
<dt>Oracle</dt><dd>Knows beforehand which is the cheapest model with an acceptable answer; no real router reaches it.</dd>
<dt>Shuffled</dt><dd>The policy with its scores dealt out at random: a control, whose APGR must be near 0.5.</dd>
<dt>APGR</dt><dd>How much of the quality gap between the cheap and the frontier model is recovered, averaged over all shares of rows that climb; a coin flip has 0.5.</dd>
<dt>CPT</dt><dd>The least share of rows that must climb to recover 50, 80 and 95 % of that gap.</dd>
<dt>AIQ</dt><dd>The mean quality over all budgets between the two models; the coin flip's is what needs no skill.</dd>
<dt>ECE, Brier</dt><dd>How far the stated confidence in drafts is from what came of them; smaller is better.</dd>
</dl>)";

}  // namespace

std::string evaluation_page(const EvaluationRun& run) {
    const config::Snapshot& snapshot = *run.snapshot;
    const Evaluation& overall = run.set.overall;
    std::string page =
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, "
        "initial-scale=1\"><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        "<title>Tierway evaluation</title><style>";
    page += report_style();
    page += "</style></head><body><main><h1>What this routing policy costs, and how well it answers</h1>";
    page += provenance(run) + tiles(run.set);
    page += "<h2>Cost, quality and confidence</h2><div class=\"plots\"><section class=\"card\"><h2>Quality against cost</h2>";
    page += cost_quality_figure(overall) + "</section>";
    if (const std::string reliability = reliability_figure(overall); !reliability.empty()) {
        page += "<section class=\"card\"><h2>Is the confidence honest?</h2>" + reliability + "</section>";
    }
    page += "</div><h2>By class</h2>" + class_table(snapshot, run.set);
    page += "<h2>Against other ways to serve the same rows</h2>" + baseline_table(snapshot, overall);
    page += kMeanings;
    page += sources(run) + "</main></body></html>\n";
    return page;
}

}  // namespace tierway::lab
