#include <nlohmann/json.hpp>

#include "tierway/base/json_object_writer.hpp"
#include "tierway/base/time_text.hpp"
#include "tierway/lab/evaluation_run.hpp"

namespace tierway::lab {
namespace {

using nlohmann::ordered_json;

ordered_json or_null(const std::optional<double>& value) {
    return value ? ordered_json(*value) : ordered_json(nullptr);
}

ordered_json figures_json(const config::Snapshot& snapshot, const Figures& figures) {
    ordered_json json{{"rows", figures.rows},
                      {"cost_usd", figures.cost_usd},
                      {"cost_ratio", or_null(figures.cost_ratio)},
                      {"quality", figures.quality},
                      {"quality_ratio", or_null(figures.quality_ratio)},
                      {"quality_difference", figures.quality_difference},
                      {"quality_difference_ci", nullptr},
                      {"tier_share", ordered_json::object()},
                      {"escalation_rate", figures.escalation_rate},
                      {"regret", {{"quality", figures.quality_regret}, {"cost_usd", figures.cost_regret_usd}}},
                      {"apgr", or_null(figures.apgr)},
                      {"cpt", {{"50", or_null(figures.cpt[0])}, {"80", or_null(figures.cpt[1])}, {"95", or_null(figures.cpt[2])}}},
                      {"aiq", or_null(figures.aiq)},
                      {"ece", or_null(figures.ece)},
                      {"brier", or_null(figures.brier)}};
    if (const auto& interval = figures.quality_difference_interval) {
        json["quality_difference_ci"] = {interval->low, interval->high};
    }
    for (std::size_t tier = 0; tier < figures.tier_share.size(); ++tier) {
        json["tier_share"][snapshot.tiers[tier].name] = figures.tier_share[tier];
    }
    return json;
}

ordered_json reliability_json(const Reliability& reliability) {
    ordered_json list = ordered_json::array();
    for (const ReliabilityBin& bin : reliability) {
        list.push_back({{"rows", bin.claims}, {"confidence", bin.mean_confidence}, {"acceptable", bin.acceptable_share}});
    }
    return list;
}

ordered_json baselines_json(const config::Snapshot& snapshot, const Baselines& baselines) {
    return {{"cheap", figures_json(snapshot, baselines.cheap)},
            {"frontier", figures_json(snapshot, baselines.frontier)},
            {"random", figures_json(snapshot, baselines.random)},
            {"oracle", figures_json(snapshot, baselines.oracle)},
            {"shuffled", figures_json(snapshot, baselines.shuffled)}};
}

ordered_json evaluation_object(const config::Snapshot& snapshot, const Evaluation& evaluation) {
    ordered_json json = figures_json(snapshot, evaluation.policy);
    json["quality_bar"] = or_null(evaluation.quality_bar);
    json["meets_bar"] = evaluation.meets_bar();
    json["reliability"] = reliability_json(evaluation.reliability);
    if (evaluation.uncalibrated) {
        json["uncalibrated"] = {{"ece", or_null(evaluation.uncalibrated_ece)},
                                {"reliability", reliability_json(*evaluation.uncalibrated)}};
    }
    return json;
}

}  // namespace

std::string evaluation_json(const EvaluationRun& run) {
    const config::Snapshot& snapshot = *run.snapshot;
    ordered_json json{{"policy", snapshot.policy_hash},
                      {"evaluated_at", rfc3339(run.evaluated_at)},
                      {"files", run.files},
                      {"mode",
                       {{"calibration", run.refitted ? "cross_validated" : "as_configured"}, 
                        {"folds", run.folds},
                        {"seed", run.seed}}},
                      {"rows_read", run.rows_read},
                      {"passed_over", ordered_json::array()},
                      {"meets_bars", run.set.meets_bars()}};
    for (const PassedOverReason& reason : run.passed_over) {
        json["passed_over"].push_back({{"code", reason.code}, {"message", reason.message}, {"rows", reason.rows}});
    }
    json["overall"] = evaluation_object(snapshot, run.set.overall);
    json["baselines"] = baselines_json(snapshot, run.set.overall.baselines);
    json["classes"] = ordered_json::object();
    for (const auto& [name, evaluation] : run.set.classes) {
        ordered_json& its = json["classes"][name] = evaluation_object(snapshot, evaluation);
        its["baselines"] = baselines_json(snapshot, evaluation.baselines);
    }
    return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + '\n';
}

std::string row_json(const config::Snapshot& snapshot, std::string_view id, const ReplayedRow& row) {
    TextBuffer out;
    JsonObjectWriter object(out);
    object.text("id", id);
    object.text("class", snapshot.request_class(row.request_class).name);
    object.text("tier", snapshot.tier(row.tier).name);
    object.text("model", snapshot.model(row.model).name);
    object.boolean("escalated", row.escalated);
    if (row.confidence) {
        object.decimal("confidence", *row.confidence, 6);
    }
    object.decimal("score", row.score, 6);
    object.integer("cost_nano_usd", row.served.cost.nano());
    object.boolean("acceptable", row.served.acceptable);
    object.integer("frontier_cost_nano_usd", row.frontier.cost.nano());
    object.boolean("frontier_acceptable", row.frontier.acceptable);
    object.end();
    out.append("\n");
    return out.to_string();
}

}  // namespace tierway::lab
