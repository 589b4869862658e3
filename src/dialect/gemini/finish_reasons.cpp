#include "dialect/gemini/finish_reasons.hpp"

#include <array>
#include <string>

#include "dialect/named_reasons.hpp"

namespace tierway::dialect::gemini {
namespace {

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
    std::string scratch;
    if (reason.string(scratch).starts_with("IMAGE_")) {
        return FinishReason::ContentFilter;
    }
    const std::optional<FinishReason> named = reason_named(kReasons, reason);
    return named == FinishReason::Stop && has_calls ? FinishReason::ToolCalls : named;
}

}  // namespace tierway::dialect::gemini
