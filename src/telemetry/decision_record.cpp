#include "tierway/telemetry/decision_record.hpp"

#include "telemetry/record_members.hpp"
#include "tierway/base/json_object_writer.hpp"

namespace tierway::telemetry {
namespace {

double milliseconds(Nanoseconds duration) {
    return static_cast<double>(duration.count()) * 1e-6;
}

template <std::size_t N, class Items, class Write>
void write_array(JsonObjectWriter& object, TextBuffer& out, const char (&key)[N], const Items& items, Write write) {
    if (items.empty()) {
        return;
    }
    out.commit(TextBuffer::put(object.begin(key, 1), "["));
    bool first = true;
    for (const auto& item : items) {
        if (!first) {
            out.append(",");
        }
        first = false;
        write(out, item);
    }
    out.append("]");
}

void write_attempt(TextBuffer& out, const AttemptRecord& attempt) {
    JsonObjectWriter object(out);
    object.text("model", attempt.model);
    object.text("tier", attempt.tier);
    object.text("purpose", attempt.purpose);
    object.text("usage", attempt.usage_source);
    object.integer("prompt_tokens", attempt.prompt_tokens);
    object.integer("completion_tokens", attempt.completion_tokens);
    if (attempt.cached_tokens > 0) {
        object.integer("cached_tokens", attempt.cached_tokens);
    }
    if (attempt.cache_write_tokens > 0) {
        object.integer("cache_write_tokens", attempt.cache_write_tokens);
    }
    if (attempt.reasoning_tokens > 0) {
        object.integer("reasoning_tokens", attempt.reasoning_tokens);
    }
    if (attempt.service_tier != "standard") {
        object.text("service_tier", attempt.service_tier);
    }
    object.money("cost_usd", attempt.cost);
    object.text("error", attempt.error);
    object.end();
}

void write_climb(TextBuffer& out, const ClimbRecord& climb) {
    JsonObjectWriter object(out);
    write_climb_members(object, climb);
    object.end();
}

void write_signal(TextBuffer& out, const SignalRecord& signal) {
    JsonObjectWriter object(out);
    object.text("signal", signal.name);
    object.decimal("score", signal.score);
    object.text("reason", signal.reason);
    object.end();
}

void write_gate(JsonObjectWriter& object, const DecisionRecord& record) {
    object.text("gate", record.gate);
    if (record.cost_ceiling) {
        object.money("cost_ceiling_usd", *record.cost_ceiling);
    }
    object.text("gate_from", record.gate_from);
    if (record.gate_estimate) {
        object.money("gate_estimate_usd", *record.gate_estimate);
    }
    if (record.attempts_declined > 0) {
        object.integer("attempts_declined", record.attempts_declined);
    }
}

void write_features(JsonObjectWriter& object, TextBuffer& out, const FeaturesRecord& features) {
    out.commit(object.begin("features", 0));
    JsonObjectWriter members(out);
    members.integer("ask_bytes", static_cast<std::int64_t>(features.ask_bytes));
    members.integer("prompt_tokens", features.prompt_tokens);
    members.integer("turns", features.turns);
    if (features.tools > 0) {
        members.integer("tools", static_cast<std::int64_t>(features.tools));
    }
    if (features.has_image) {
        members.boolean("has_image", true);
    }
    if (features.has_audio) {
        members.boolean("has_audio", true);
    }
    if (features.json_schema) {
        members.boolean("json_schema", true);
    }
    if (features.last_turn_is_tool_result) {
        members.boolean("last_turn_is_tool_result", true);
    }
    if (!features.language.empty()) {
        members.text("language", features.language);
        members.decimal("code_share", features.code_share);
        members.decimal("digit_share", features.digit_share);
    }
    members.end();
}

void write_decision(JsonObjectWriter& object, TextBuffer& out, const DecisionRecord& record) {
    object.text("class", record.request_class);
    if (!record.request_class.empty()) {
        object.decimal("class_confidence", record.class_confidence);
    }
    object.text("classifier", record.classifier);
    object.text("class_reason", record.class_reason);
    if (record.features) {
        write_features(object, out, *record.features);
    }
    object.text("bound_tier", record.bound_tier);
    object.text("tier", record.tier);
    object.text("model", record.model);
    object.text("upstream_model", record.upstream_model);
    if (record.simulated) {
        object.boolean("simulated", true);
    }
    write_array(object, out, "passed_over", record.passed_over, [](TextBuffer& to, const PassedOverRecord& passed) {
        JsonObjectWriter item(to);
        item.text("model", passed.model);
        item.text("missing", passed.missing);
        item.end();
    });
    write_gate(object, record);
    object.text("escalation", record.escalation);
    object.text("escalation_reason", record.escalation_reason);
    write_array(object, out, "climbs", record.climbs, write_climb);
    if (record.confidence) {
        object.decimal("confidence", *record.confidence);
    }
    write_array(object, out, "signals", record.signals, write_signal);
    write_array(object, out, "opinions", record.opinions, [](TextBuffer& to, const OpinionRecord& opinion) {
        JsonObjectWriter item(to);
        item.text("signal", opinion.signal);
        item.text("model", opinion.model);
        item.text("outcome", opinion.outcome);
        item.end();
    });
    write_array(object, out, "attempts", record.attempts, write_attempt);
    object.integer("fallbacks", record.fallbacks);
}

}  // namespace

void write_json_line(const DecisionRecord& record, TextBuffer& out) {
    JsonObjectWriter object(out);
    write_time(object, out, record.time);
    object.text("request_id", record.request_id);
    object.text("trace_id", record.trace_id);
    object.text("principal", record.principal);
    object.text("team", record.team);
    object.text("method", record.method);
    object.text("path", record.path);
    object.text("asked_model", record.asked_model);
    object.boolean("stream", record.stream);
    write_decision(object, out, record);
    object.money("estimate_usd", record.estimate);
    object.money("cost_usd", record.cost);
    object.money("baseline_usd", record.baseline);
    object.integer("status", record.status);
    object.text("outcome", record.outcome);
    object.text("error_code", record.error_code);
    object.text("error_detail", record.error_detail);
    object.decimal("duration_ms", milliseconds(record.duration));
    if (record.time_to_first_token) {
        object.decimal("time_to_first_token_ms", milliseconds(*record.time_to_first_token));
    }
    object.decimal("overhead_ms", milliseconds(record.overhead));
    object.text("policy", record.policy);
    object.end();
}

}  // namespace tierway::telemetry
