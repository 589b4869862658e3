#include "app/explain.hpp"

#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/exit_codes.hpp"
#include "app/serve.hpp"
#include "tierway/classify/classifier.hpp"
#include "tierway/config/load.hpp"
#include "tierway/decision/plan.hpp"
#include "tierway/dialect/chat.hpp"
#include "tierway/dialect/door_codec.hpp"

namespace tierway::app {
namespace {

using nlohmann::ordered_json;

std::optional<std::string> request_body(const ExplainOptions& options) {
    if (options.request_file.empty()) {
        const ordered_json body{{"model", options.model},
                                {"messages", ordered_json::array({{{"role", "user"}, {"content", options.prompt}}})}};
        // A command line may hold bytes that are not UTF-8.
        return body.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
    }
    if (options.request_file == "-") {
        return std::string(std::istreambuf_iterator<char>(std::cin), {});
    }
    std::ifstream file(options.request_file, std::ios::binary);
    if (!file) {
        return std::nullopt;
    }
    return std::string(std::istreambuf_iterator<char>(file), {});
}

/// The body in the words of Chat, in which requests are planned.
Result<std::string> in_chat(dialect::Dialect door, const std::string& body) {
    if (door == dialect::Dialect::Chat) {
        return body;
    }
    wire::JsonParser parser;
    const auto parsed = parser.parse(body);
    const auto conversation = parsed ? dialect::read_door_request(door, *parsed) : Result<dialect::Conversation>(parsed.error());
    if (!conversation) {
        return conversation.error();
    }
    dialect::Omissions omissions;
    return dialect::chat::write_request(*conversation, omissions);
}

/// Null when there is no such key.
const policy::Principal* principal_of(const config::Snapshot& snapshot, const std::string& key_id) {
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

ordered_json explanation(const config::Snapshot& snapshot, const classify::Classifier& classifier, const decision::Plan& plan) {
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
        const decision::OutcomeTable& table = plan.learnt->pair->table;
        ordered_json& learnt = json["learnt"];
        learnt = {{"outcomes", table.rows}, {"cheap_acceptable", table.cheap_acceptable}, {"strong_acceptable", table.strong_acceptable}};
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

/// One "key: value" line for each leaf, nested keys joined with dots.
void print_text(const ordered_json& value, const std::string& key) {
    if (value.is_object()) {
        for (const auto& [name, member] : value.items()) {
            print_text(member, key.empty() ? name : key + '.' + name);
        }
        return;
    }
    std::string text;
    if (value.is_array()) {
        for (const auto& item : value) {
            text += (text.empty() ? "" : ", ") + (item.is_string() ? item.get<std::string>() : item.dump());
        }
    } else {
        text = value.is_string() ? value.get<std::string>() : value.dump();
    }
    std::cout << key << ": " << text << '\n';
}

}  // namespace

int explain(const ExplainOptions& options) {
    const config::LoadResult loaded =
        config::load_file(options.config_file, config::PriceCatalogue::built_in(), config::process_environment());
    if (!loaded.snapshot) {
        print_problems(loaded);
        return kWrongUsage;
    }
    const policy::Principal* const principal = principal_of(*loaded.snapshot, options.key_id);
    if (principal == nullptr) {
        std::cerr << "There is no key with the id " << options.key_id << ".\n";
        return kWrongUsage;
    }
    const std::optional<std::string> sent = request_body(options);
    if (!sent) {
        std::cerr << "The request file " << options.request_file << " cannot be read.\n";
        return kWrongUsage;
    }
    const Result<std::string> body = in_chat(options.door, *sent);
    if (!body) {
        std::cerr << body.error().message() << '\n';
        return kFailed;
    }
    const classify::Classifier classifier(loaded.snapshot);
    const auto gains = decision::GainPolicy::load(*loaded.snapshot);
    if (!gains) {
        std::cerr << gains.error().message() << '\n';
        return kWrongUsage;
    }
    wire::JsonParser parser;
    decision::Plan plan;
    decision::PlanOptions plan_options;
    plan_options.gains = gains->get();
    plan_options.principal = principal;
    plan_options.declared_class = options.declared_class;
    plan_options.text_shape = true;
    const auto planned =
        decision::make_plan(*loaded.snapshot, classifier, plan_options, *body, parser, std::chrono::steady_clock::now(), plan);
    ordered_json json = explanation(*loaded.snapshot, classifier, plan);
    if (!planned) {
        json["error"] = {{"code", planned.error().code()}, {"message", planned.error().message()}};
    }
    if (options.json) {
        // An n-gram may be a part of a character.
        std::cout << json.dump(2, ' ', false, ordered_json::error_handler_t::replace) << '\n';
    } else {
        print_text(json, {});
    }
    return planned ? kFine : kFailed;
}

}  // namespace tierway::app
