#include "dialect/anthropic/stop_reason.hpp"

#include <array>

#include "dialect/named_reasons.hpp"

namespace tierway::dialect::anthropic {
namespace {

constexpr std::array<NamedReason, 7> kReasons{{{"end_turn", FinishReason::Stop},
                                               {"stop_sequence", FinishReason::Stop},
                                               {"pause_turn", FinishReason::Stop},
                                               {"max_tokens", FinishReason::Length},
                                               {"model_context_window_exceeded", FinishReason::Length},
                                               {"tool_use", FinishReason::ToolCalls},
                                               {"refusal", FinishReason::ContentFilter}}};

}  // namespace

FinishReason finish_reason_from(const wire::JsonValue& stop_reason) noexcept {
    return reason_named(kReasons, stop_reason).value_or(FinishReason::Other);
}

std::string_view stop_reason_for(FinishReason reason, const AnswerContents& contents) noexcept {
    switch (reason) {
        case FinishReason::Length:
            return "max_tokens";
        case FinishReason::ContentFilter:
            return "refusal";
        case FinishReason::Stop:
        case FinishReason::ToolCalls:
        case FinishReason::Other:
        case FinishReason::None:
            break;
    }
    if (contents.calls) {
        return "tool_use";
    }
    if (contents.refusal) {
        return "refusal";
    }
    return contents.stop_sequence ? "stop_sequence" : "end_turn";
}

}  // namespace tierway::dialect::anthropic
