#include "dialect/converse/stop_reasons.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace tierway::dialect::converse {
namespace {

struct NamedReason {
    std::string_view name;
    std::optional<FinishReason> reason;
};

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
    if (!stop_reason.is_string() || stop_reason.string_is("")) {
        return FinishReason::None;
    }
    const auto* const named = std::find_if(kReasons.begin(), kReasons.end(), [&stop_reason](const NamedReason& each) {
        return stop_reason.string_is(each.name);
    });
    return named == kReasons.end() ? FinishReason::Other : named->reason;
}

}  // namespace tierway::dialect::converse
