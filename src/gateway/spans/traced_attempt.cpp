#include "gateway/spans/traced_attempt.hpp"

namespace tierway::gateway {
namespace {

/// As the Chat Completions API writes them; empty: it gave none that is known.
std::string_view name_of(dialect::FinishReason reason) noexcept {
    switch (reason) {
        case dialect::FinishReason::Stop:
            return "stop";
        case dialect::FinishReason::Length:
            return "length";
        case dialect::FinishReason::ToolCalls:
            return "tool_calls";
        case dialect::FinishReason::ContentFilter:
            return "content_filter";
        case dialect::FinishReason::None:
        case dialect::FinishReason::Other:
            break;
    }
    return {};
}

}  // namespace

TracedAttempt traced_attempt(telemetry::SpanId id, SteadyTime began_at, SteadyTime ended_at, const dialect::ChatAnswer* content,
                             const Error* error) {
    TracedAttempt attempt;
    attempt.id = id;
    attempt.began_at = began_at;
    attempt.ended_at = ended_at;
    if (content != nullptr) {
        attempt.response_model = content->model;
        for (const dialect::AnswerChoice& choice : content->choices) {
            if (const std::string_view reason = name_of(choice.finish_reason); !reason.empty()) {
                attempt.finish_reasons.push_back(reason);
            }
        }
    }
    if (error != nullptr) {
        attempt.status = error->status();
    }
    return attempt;
}

}  // namespace tierway::gateway
