#include "gateway/disclosure.hpp"

#include "tierway/base/json_object_writer.hpp"

namespace tierway::gateway {
namespace {

double milliseconds(Nanoseconds duration) {
    return static_cast<double>(duration.count()) * 1e-6;
}

/// Short enough for the small-string buffer.
std::string fixed(double value, unsigned decimals) {
    std::string text;
    append_fixed(text, value, decimals);
    return text;
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

}  // namespace

void add_disclosure(const DisclosureInput& input, net::HeaderBlock& headers) {
    const config::Snapshot& snapshot = input.snapshot;
    const Outcome& outcome = input.outcome;
    headers.add("x-request-id", input.request_id);
    headers.add("x-tierway-request-id", input.request_id);
    if (const auto& classification = input.plan.classification) {
        headers.add("x-tierway-class", snapshot.request_class(classification->request_class).name);
        headers.add("x-tierway-class-confidence", fixed(classification->confidence, 2));
        headers.add("x-tierway-classifier", classification->stage);
    }
    if (outcome.tier) {
        headers.add("x-tierway-tier", snapshot.tier(*outcome.tier).name);
    }
    if (outcome.model) {
        headers.add("x-tierway-model", snapshot.model(*outcome.model).name);
    }
    add_escalation(outcome, headers);
    if (outcome.judgement) {
        headers.add("x-tierway-confidence", fixed(outcome.judgement->confidence, 3));
    }
    if (input.final) {
        headers.add("x-tierway-attempts", static_cast<std::int64_t>(outcome.attempts));
        headers.add("x-tierway-fallbacks", static_cast<std::int64_t>(outcome.fallbacks));
        headers.add("x-tierway-cost-usd", outcome.bill.total().to_string());
        headers.add("x-tierway-baseline-usd", outcome.bill.baseline(snapshot).to_string());
    }
    headers.add("x-tierway-overhead-ms", fixed(milliseconds(input.overhead), 3));
    headers.add("x-tierway-policy", snapshot.policy_hash);
}

std::string disclosure_object(const DisclosureInput& input) {
    const config::Snapshot& snapshot = input.snapshot;
    const Outcome& outcome = input.outcome;
    std::string text;
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
    if (outcome.judgement) {
        object.decimal("confidence", outcome.judgement->confidence, 3);
    }
    object.integer("attempts", outcome.attempts);
    object.integer("fallbacks", outcome.fallbacks);
    object.money("cost_usd", outcome.bill.total());
    object.money("baseline_usd", outcome.bill.baseline(snapshot));
    object.decimal("overhead_ms", milliseconds(input.overhead), 3);
    object.text("policy", snapshot.policy_hash);
    object.end();
    return text;
}

}  // namespace tierway::gateway
