#include "dialect/named_reasons.hpp"
#include "dialect/converse/stop_reasons.hpp"

#include <array>

#include "dialect/named_reasons.hpp"

namespace tierway::dialect::converse {
namespace {

constexpr std::array kReasons = {
    NamedReason{"end_turn", FinishReason::Stop},
    NamedReason{"stop_sequence", FinishReason::Stop},
    NamedReason{"max_tokens", FinishReason::Length},
    NamedReason{"model_context_window_exceeded", FinishReason::Length},
    NamedReason{"tool_use", FinishReason::ToolCalls},
    NamedReason{"content_filtered", FinishReason::ContentFilter},
    NamedReason{"guardrail_intervened", FinishReason::ContentFilter},
    NamedReason{"malformed_model_output", std::nullopt},
    NamedReason{"malformed_tool_use", std::nullopt},
};

}  // namespace

std::optional<FinishReason> finish_reason_of(const wire::JsonValue& stop_reason) {
    return reason_named(kReasons, stop_reason);
}

}  // namespace tierway::dialect::converse
