#include "tierway/decision/explanation.hpp"

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "tierway/decision/plan.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::decision {
namespace {

using nlohmann::ordered_json;

/// Null when there is no such key.
const policy::Principal* principal_of(const config::Snapshot& snapshot, std::string_view key_id) {
    if (key_id.empty()) {
        return &policy::local_principal();
    }
    const auto found = snapshot.find_key(key_id);
    return found ? &snapshot.key(*found).principal : nullptr;
}

ordered_json features_json(const classify::Features& features) {
    return {{"ask_bytes", features.ask.size()},
            {"earlier_asks", features.earlier_asks.size()},
            {"prompt_tokens", features.prompt_tokens},
            {"turns", features.turns},
            {"language", features.language},
            {"code_share", features.code_share},
            {"digit_share", features.digit_share},
            {"has_image", features.has_image},
            {"has_audio", features.has_audio},
            {"has_tools", features.has_tools},
            {"tool_names", features.tool_names},
            {"json_schema", features.json_schema},
            {"last_turn_is_tool_result", features.last_turn_is_tool_result}};
}

ordered_json models_json(const config::Snapshot& snapshot, const std::vector<config::ModelId>& models) {
    ordered_json list = ordered_json::array();
    for (const config::ModelId model : models) {
        list.push_back(snapshot.model(model).name);
    }
    return list;
}

ordered_json route_json(const config::Snapshot& snapshot, const policy::Route& route) {
    ordered_json json{{"bound_tier", snapshot.tier(route.bound_tier).name},
                      {"tier", snapshot.tier(route.tier).name},
                      {"models", models_json(snapshot, route.targets)}};
    for (const policy::PassedOver& passed : route.passed_over) {
        json["passed_over"].push_back({{"model", snapshot.model(passed.model).name}, {"missing", passed.missing}});
    }
    if (route.cascade) {
        json["cascade"] = {{"to", snapshot.tier(route.cascade->to).name},
                           {"below", route.cascade->below},
                           {"models", models_json(snapshot, route.cascade->targets)},
                           // A gateway that serves may know that drafts cost more than they spare.
                           {"economics", "learnt while serving, not known here"}};
        if (route.cascade->agreement) {
            json["cascade"]["agreement"] = snapshot.model(*route.cascade->agreement).name;
        }
        if (route.cascade->verifier) {
            json["cascade"]["verifier"] = snapshot.model(*route.cascade->verifier).name;
        }
    }
    return json;
}

ordered_json gate_json(const config::Snapshot& snapshot, const policy::GatePass& gate) {
    ordered_json json{{"verdict", policy::name_of(gate.verdict)}};
    if (gate.ceiling) {
        json["ceiling_usd"] = gate.ceiling->to_string();
    }
    if (gate.from) {
        json["from"] = snapshot.tier(*gate.from).name;
        json["estimate_there_usd"] = gate.estimate_there->to_string();
    }
    return json;
}

ordered_json model_json(const classify::ModelExplanation& model) {
    ordered_json json{{"label", model.label},
                      {"confidence", model.confidence},
                      {"runner_up", model.runner_up},
                      {"runner_up_confidence", model.runner_up_confidence}};
    for (const auto& [feature, contribution] : model.features) {
        json["features"][feature] = contribution;
    }
    return json;
}

ordered_json plan_json(const config::Snapshot& snapshot, const classify::Classifier& classifier, const Plan& plan) {
    ordered_json json;
    json["features"] = features_json(plan.features);
    if (plan.classification) {
        json["class"] = snapshot.request_class(plan.classification->request_class).name;
        json["class_confidence"] = plan.classification->confidence;
        json["classifier"] = plan.classification->stage;
        json["reason"] = plan.classification->reason;
        if (const auto model = classifier.explain_model(plan.features)) {
            json["model"] = model_json(*model);
        }
    }
    if (plan.principal->key) {
        json["principal"] = plan.principal->id;
    }
    for (const policy::Climb& climb : plan.climbs) {
        json["climbs"].push_back({{"from", snapshot.tier(climb.from).name},
                                  {"to", snapshot.tier(climb.to).name},
                                  {"why", policy::name_of(climb.why)},
                                  {"verdict", climb.approval.approved ? "approved" : "denied"},
                                  {"reason", climb.approval.reason}});
    }
    if (plan.learnt != nullptr) {
        const OutcomeTable& table = plan.learnt->pair->table;
        ordered_json& learnt = json["learnt"];
        learnt = {{"outcomes", table.rows},
                  {"cheap_acceptable", table.cheap_acceptable},
                  {"strong_acceptable", table.strong_acceptable}};
        if (plan.learnt->lambda) {
            learnt["lambda"] = *plan.learnt->lambda;
        }
        if (plan.expected_gain) {
            learnt["expected_gain"] = *plan.expected_gain;
        }
    }
    if (plan.route) {
        json["route"] = route_json(snapshot, *plan.route);
        json["estimate_usd"] = plan.gate.estimate.to_string();
        json["gate"] = gate_json(snapshot, plan.gate);
    }
    json["policy"] = snapshot.policy_hash;
    return json;
}

}  // namespace

std::string chat_of_prompt(std::string_view prompt, std::string_view model) {
    const ordered_json body{{"model", model}, {"messages", ordered_json::array({{{"role", "user"}, {"content", prompt}}})}};
    // A command line may hold bytes that are not UTF-8.
    return body.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

Result<ordered_json> explain(const config::Snapshot& snapshot, const classify::Classifier& classifier,
                             const GainPolicy& gains, const Question& question, SteadyTime now) {
    const policy::Principal* const principal = principal_of(snapshot, question.key_id);
    if (principal == nullptr) {
        return Error::downstream(ErrorKind::InvalidRequest, "key_not_found",
                                 "There is no key with the id " + std::string(question.key_id) + ".");
    }
    PlanOptions options;
    options.gains = &gains;
    options.principal = principal;
    options.declared_class = question.declared_class;
    options.text_shape = true;
    wire::JsonParser parser;
    Plan plan;
    const auto planned = make_plan(snapshot, classifier, options, question.chat_body, parser, now, plan);
    ordered_json json = plan_json(snapshot, classifier, plan);
    if (!planned) {
        json["error"] = {{"code", planned.error().code()}, {"message", planned.error().message()}};
    }
    return json;
}

}  // namespace tierway::decision
