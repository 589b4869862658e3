#include "gateway/disclosure.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "tierway/base/json_object_writer.hpp"
#include "tierway/base/number_text.hpp"

namespace tierway::gateway {
namespace {

double milliseconds(Nanoseconds duration) {
    return static_cast<double>(duration.count()) * 1e-6;
}

void add_fixed(net::HeaderBlock& headers, std::string_view name, double value, unsigned decimals) {
    std::array<char, kNumberTextMax> text;  // NOLINT: written before it is read.
    const char* const end = write_fixed(text.data(), value, decimals);
    headers.add(name, std::string_view(text.data(), static_cast<std::size_t>(end - text.data())));
}

void add_money(net::HeaderBlock& headers, std::string_view name, Usd value) {
    std::array<char, Usd::kTextMax> text;  // NOLINT: written before it is read.
    const char* const end = value.write_to(text.data());
    headers.add(name, std::string_view(text.data(), static_cast<std::size_t>(end - text.data())));
}

void add_escalation(const Outcome& outcome, net::HeaderBlock& headers) {
    if (outcome.escalation_reason.empty()) {
        headers.add("x-tierway-escalation", outcome.escalation);
    } else {
        std::string value(outcome.escalation);
        value.append("; reason=").append(outcome.escalation_reason);
        headers.add("x-tierway-escalation", value);
    }
}

void add_gate(const config::Snapshot& snapshot, const policy::GatePass& gate, net::HeaderBlock& headers) {
    // A request that passed is every request; what was refused is told by the error.
    if (gate.verdict == policy::GateVerdict::Acknowledged) {
        headers.add("x-tierway-gate", policy::name_of(gate.verdict));
    } else if (gate.verdict == policy::GateVerdict::Downgraded) {
        std::string value(policy::name_of(gate.verdict));
        value.append("; from=").append(snapshot.tier(*gate.from).name).append("; reason=usd_per_request");
        headers.add("x-tierway-gate", value);
    }
}

/// "seed, top_k": each name once.
std::string dropped_names(const dialect::Omissions& dropped) {
    std::string names;
    for (auto name = dropped.begin(); name != dropped.end(); ++name) {
        if (std::find(dropped.begin(), name, *name) == name) {
            names.append(names.empty() ? "" : ", ").append(*name);
        }
    }
    return names;
}

}  // namespace

void add_request_id(std::string_view id, dialect::Dialect door, net::HeaderBlock& headers) {
    headers.add("x-request-id", id);
    if (door == dialect::Dialect::Anthropic) {
        headers.add("request-id", id);
    }
}

void add_disclosure(const DisclosureInput& input, net::HeaderBlock& headers) {
    const config::Snapshot& snapshot = input.snapshot;
    const Outcome& outcome = input.outcome;
    add_request_id(input.request_id, input.door, headers);
    headers.add("x-tierway-request-id", input.request_id);
    if (const auto& classification = input.plan.classification) {
        headers.add("x-tierway-class", snapshot.request_class(classification->request_class).name);
        add_fixed(headers, "x-tierway-class-confidence", classification->confidence, 2);
        headers.add("x-tierway-classifier", classification->stage);
    }
    if (outcome.tier) {
        headers.add("x-tierway-tier", snapshot.tier(*outcome.tier).name);
    }
    if (outcome.model) {
        headers.add("x-tierway-model", snapshot.model(*outcome.model).name);
    }
    add_escalation(outcome, headers);
    add_gate(snapshot, input.plan.gate, headers);
    if (outcome.judgement) {
        add_fixed(headers, "x-tierway-confidence", outcome.judgement->confidence, 3);
    }
    if (!outcome.dropped.empty()) {
        headers.add("x-tierway-dropped", dropped_names(outcome.dropped));
    }
    if (input.final) {
        headers.add("x-tierway-attempts", static_cast<std::int64_t>(outcome.attempts));
        headers.add("x-tierway-fallbacks", static_cast<std::int64_t>(outcome.fallbacks));
        add_money(headers, "x-tierway-cost-usd", outcome.cost());
        add_money(headers, "x-tierway-baseline-usd", outcome.bill.baseline(snapshot));
    }
    if (outcome.budget_left) {
        add_money(headers, "x-tierway-budget-left-usd", *outcome.budget_left);
    }
    add_fixed(headers, "x-tierway-overhead-ms", milliseconds(input.overhead), 3);
    headers.add("x-tierway-policy", snapshot.policy_hash);
}

std::string disclosure_object(const DisclosureInput& input) {
    const config::Snapshot& snapshot = input.snapshot;
    const Outcome& outcome = input.outcome;
    TextBuffer text;
    JsonObjectWriter object(text);
    object.text("request_id", input.request_id);
    if (const auto& classification = input.plan.classification) {
        object.text("class", snapshot.request_class(classification->request_class).name);
        object.decimal("class_confidence", classification->confidence, 2);
        object.text("classifier", classification->stage);
    }
    if (outcome.tier) {
        object.text("tier", snapshot.tier(*outcome.tier).name);
    }
    if (outcome.model) {
        object.text("model", snapshot.model(*outcome.model).name);
    }
    object.text("escalation", outcome.escalation);
    object.text("escalation_reason", outcome.escalation_reason);
    if (const policy::GatePass& gate = input.plan.gate; gate.from) {
        object.text("gate", policy::name_of(gate.verdict));
        object.text("gate_from", snapshot.tier(*gate.from).name);
    }
    if (outcome.judgement) {
        object.decimal("confidence", outcome.judgement->confidence, 3);
    }
    object.integer("attempts", outcome.attempts);
    object.integer("fallbacks", outcome.fallbacks);
    object.money("cost_usd", outcome.cost());
    object.money("baseline_usd", outcome.bill.baseline(snapshot));
    if (outcome.budget_left) {
        object.money("budget_left_usd", *outcome.budget_left);
    }
    object.decimal("overhead_ms", milliseconds(input.overhead), 3);
    object.text("policy", snapshot.policy_hash);
    if (outcome.delivered != nullptr) {
        object.integer("delivered_events", static_cast<std::int64_t>(outcome.delivered->events));
        object.boolean("resumable", outcome.delivered->events > 0 && outcome.delivered->text_only);
    }
    object.end();
    return text.to_string();
}

}  // namespace tierway::gateway
