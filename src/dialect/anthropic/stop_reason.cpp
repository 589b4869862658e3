#include "dialect/anthropic/stop_reason.hpp"

#include <algorithm>
#include <array>

namespace tierway::dialect::anthropic {
namespace {

struct NamedReason {
    std::string_view name;
    FinishReason reason;
};

constexpr std::array<NamedReason, 7> kReasons{{{"end_turn", FinishReason::Stop},
                                               {"stop_sequence", FinishReason::Stop},
                                               {"pause_turn", FinishReason::Stop},
                                               {"max_tokens", FinishReason::Length},
                                               {"model_context_window_exceeded", FinishReason::Length},
                                               {"tool_use", FinishReason::ToolCalls},
                                               {"refusal", FinishReason::ContentFilter}}};

}  // namespace

FinishReason finish_reason_from(const wire::JsonValue& stop_reason) noexcept {
    if (!stop_reason.is_string() || stop_reason.string_is("")) {
        return FinishReason::None;
    }
    const auto* const known = std::find_if(kReasons.begin(), kReasons.end(),
                                           [&stop_reason](const NamedReason& each) { return stop_reason.string_is(each.name); });
    return known == kReasons.end() ? FinishReason::Other : known->reason;
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
