#include "tierway/telemetry/decision_record.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <iterator>

#include "tierway/base/json_text.hpp"

namespace tierway::telemetry {
namespace {

double milliseconds(Nanoseconds duration) { return static_cast<double>(duration.count()) * 1e-6; }

/// Writes one JSON object member by member; absent values are left out, so that a line holds only what is so.
class ObjectWriter {
public:
    explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }

    void text(std::string_view key, std::string_view value) {
        if (!value.empty()) {
            begin(key);
            append_json_string(out_, value);
        }
    }
    void integer(std::string_view key, std::int64_t value) {
        begin(key);
        fmt::format_to(std::back_inserter(out_), "{}", value);
    }
    void decimal(std::string_view key, double value, int digits = 3) {
        begin(key);
        fmt::format_to(std::back_inserter(out_), "{:.{}f}", value, digits);
    }
    void boolean(std::string_view key, bool value) {
        begin(key);
        out_ += value ? "true" : "false";
    }
    void money(std::string_view key, Usd value) {
        begin(key);
        out_ += value.to_string();
    }
    /// The caller writes the value.
    std::string& begin(std::string_view key) {
        if (!first_) {
            out_ += ',';
        }
        first_ = false;
        out_ += '"';
        out_ += key;
        out_ += "\":";
        return out_;
    }
    void end() { out_ += '}'; }

private:
    std::string& out_;
    bool first_ = true;
};

template <class Items, class Write>
void write_array(ObjectWriter& object, std::string_view key, const Items& items, Write write) {
    if (items.empty()) {
        return;
    }
    std::string& out = object.begin(key);
    out += '[';
    bool first = true;
    for (const auto& item : items) {
        if (!first) {
            out += ',';
        }
        first = false;
        write(out, item);
    }
    out += ']';
}

void write_attempt(std::string& out, const AttemptRecord& attempt) {
    ObjectWriter object(out);
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
    object.money("cost_usd", attempt.cost);
    object.text("error", attempt.error);
    object.end();
}

void write_signal(std::string& out, const SignalRecord& signal) {
    ObjectWriter object(out);
    object.text("signal", signal.name);
    object.decimal("score", signal.score);
    object.text("reason", signal.reason);
    object.end();
}

void write_decision(ObjectWriter& object, const DecisionRecord& record) {
    object.text("class", record.request_class);
    if (!record.request_class.empty()) {
        object.decimal("class_confidence", record.class_confidence);
    }
    object.text("classifier", record.classifier);
    write_array(object, "class_reasons", record.class_reasons,
                [](std::string& out, const std::string& reason) { append_json_string(out, reason); });
    object.text("bound_tier", record.bound_tier);
    object.text("tier", record.tier);
    object.text("model", record.model);
    object.text("upstream_model", record.upstream_model);
    write_array(object, "passed_over", record.passed_over, [](std::string& out, const PassedOverRecord& passed) {
        ObjectWriter item(out);
        item.text("model", passed.model);
        item.text("missing", passed.missing);
        item.end();
    });
    object.text("escalation", record.escalation);
    object.text("escalation_reason", record.escalation_reason);
    if (record.confidence) {
        object.decimal("confidence", *record.confidence);
    }
    write_array(object, "signals", record.signals, write_signal);
    write_array(object, "attempts", record.attempts, write_attempt);
    object.integer("fallbacks", record.fallbacks);
}

}  // namespace

std::string to_json_line(const DecisionRecord& record) {
    std::string out;
    out.reserve(1'024);
    ObjectWriter object(out);
    const auto milli = std::chrono::floor<std::chrono::milliseconds>(record.time);
    const auto second = std::chrono::floor<std::chrono::seconds>(milli);
    object.text("time", fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(second)),
                                    (milli - second).count()));
    object.text("request_id", record.request_id);
    object.text("principal", record.principal);
    object.text("method", record.method);
    object.text("path", record.path);
    object.text("asked_model", record.asked_model);
    object.boolean("stream", record.stream);
    write_decision(object, record);
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
    return out;
}

}  // namespace tierway::telemetry
