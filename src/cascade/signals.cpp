#include "tierway/cascade/signals.hpp"

#include "cascade/limits.hpp"

namespace tierway::cascade {

std::string_view name_of(SignalKind kind) noexcept {
    switch (kind) {
        case SignalKind::Structure:
            return "structure";
        case SignalKind::Completeness:
            return "completeness";
        case SignalKind::Hedging:
            return "hedging";
        case SignalKind::Degenerate:
            return "degenerate";
        case SignalKind::Logprob:
            return "logprob";
        case SignalKind::Agreement:
            return "agreement";
        case SignalKind::Verifier:
            return "verifier";
    }
    return "unknown";
}

Expectation expectation_of(const dialect::ChatRequest& request) {
    Expectation expected;
    expected.json_schema = request.json_schema;
    expected.json_object = request.wants_json_object;
    expected.output_limited = request.output_tokens_max.has_value();
    expected.tools = request.tools.exists() ? request.tools : request.body.find("functions");
    wire::JsonValue previous;
    for (const wire::JsonValue message : request.messages) {
        if (message.find("role").string_is("assistant")) {
            previous = message.find("content");
        }
    }
    previous.append_string(expected.previous_answer, kPreviousAnswerBytesMax);
    for (const wire::JsonValue part : previous) {
        const std::size_t left = kPreviousAnswerBytesMax - expected.previous_answer.size();
        part.find("text").append_string(expected.previous_answer, left);
    }
    return expected;
}

std::vector<Signal> measure(const dialect::AnswerChoice& choice, const Expectation& expected, const Opinions& opinions) {
    std::vector<Signal> signals;
    signals.reserve(7);
    const auto add = [&](std::optional<Signal> signal) {
        if (signal) {
            signals.push_back(std::move(*signal));
        }
    };
    add(structure_signal(choice, expected));
    add(completeness_signal(choice, expected));
    add(hedging_signal(choice));
    add(degenerate_signal(choice, expected));
    add(logprob_signal(choice));
    add(agreement_signal(choice, opinions));
    add(verifier_signal(opinions));
    return signals;
}

}  // namespace tierway::cascade
