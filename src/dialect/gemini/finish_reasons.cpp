#include "dialect/gemini/finish_reasons.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace tierway::dialect::gemini {
namespace {

struct NamedReason {
    std::string_view name;
    std::optional<FinishReason> reason;
};

constexpr std::array kReasons = {
    NamedReason{"STOP", FinishReason::Stop},
    NamedReason{"MAX_TOKENS", FinishReason::Length},
    NamedReason{"CONTINUATION", FinishReason::Length},
    NamedReason{"SAFETY", FinishReason::ContentFilter},
    NamedReason{"RECITATION", FinishReason::ContentFilter},
    NamedReason{"BLOCKLIST", FinishReason::ContentFilter},
    NamedReason{"PROHIBITED_CONTENT", FinishReason::ContentFilter},
    NamedReason{"SPII", FinishReason::ContentFilter},
    NamedReason{"FINISH_REASON_UNSPECIFIED", FinishReason::Other},
    NamedReason{"MALFORMED_FUNCTION_CALL", std::nullopt},
    NamedReason{"UNEXPECTED_TOOL_CALL", std::nullopt},
    NamedReason{"TOO_MANY_TOOL_CALLS", std::nullopt},
    NamedReason{"MISSING_THOUGHT_SIGNATURE", std::nullopt},
    NamedReason{"MALFORMED_RESPONSE", std::nullopt},
};

}  // namespace

std::optional<FinishReason> finish_reason_of(const wire::JsonValue& reason, bool has_calls) {
    if (!reason.is_string() || reason.string_is("")) {
        return FinishReason::None;
    }
    std::string scratch;
    const std::string_view name = reason.string(scratch);
    if (name.starts_with("IMAGE_")) {
        return FinishReason::ContentFilter;
    }
    const auto* const named =
        std::find_if(kReasons.begin(), kReasons.end(), [name](const NamedReason& each) { return each.name == name; });
    if (named == kReasons.end()) {
        return FinishReason::Other;
    }
    return named->reason == FinishReason::Stop && has_calls ? FinishReason::ToolCalls : named->reason;
}

}  // namespace tierway::dialect::gemini
