#include "gateway/disclosure.hpp"

#include "tierway/base/json_text.hpp"
#include "tierway/base/number_text.hpp"

namespace tierway::gateway {
namespace {

double milliseconds(Nanoseconds duration) { return static_cast<double>(duration.count()) * 1e-6; }

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

class ObjectText {
public:
    void text(std::string_view key, std::string_view value) {
        begin(key);
        append_json_string(out_, value);
    }
    void raw(std::string_view key, std::string_view value) {
        begin(key);
        out_ += value;
    }
    std::string take() { return std::move(out_ += '}'); }

private:
    void begin(std::string_view key) {
        out_ += out_.empty() ? '{' : ',';
        append_json_string(out_, key);
        out_ += ':';
    }
    std::string out_;
};

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
    ObjectText object;
    object.text("request_id", input.request_id);
    if (const auto& classification = input.plan.classification) {
        object.text("class", snapshot.request_class(classification->request_class).name);
        object.raw("class_confidence", fixed(classification->confidence, 2));
        object.text("classifier", classification->stage);
    }
    if (outcome.tier) {
        object.text("tier", snapshot.tier(*outcome.tier).name);
    }
    if (outcome.model) {
        object.text("model", snapshot.model(*outcome.model).name);
    }
    object.text("escalation", outcome.escalation);
    if (!outcome.escalation_reason.empty()) {
        object.text("escalation_reason", outcome.escalation_reason);
    }
    if (outcome.judgement) {
        object.raw("confidence", fixed(outcome.judgement->confidence, 3));
    }
    object.raw("attempts", std::to_string(outcome.attempts));
    object.raw("fallbacks", std::to_string(outcome.fallbacks));
    object.raw("cost_usd", outcome.bill.total().to_string());
    object.raw("baseline_usd", outcome.bill.baseline(snapshot).to_string());
    object.raw("overhead_ms", fixed(milliseconds(input.overhead), 3));
    object.text("policy", snapshot.policy_hash);
    return object.take();
}

}  // namespace tierway::gateway
