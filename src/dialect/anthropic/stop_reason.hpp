#pragma once

#include <string_view>

#include "tierway/dialect/chat_answer.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect::anthropic {

/// The meaning of a provider's `stop_reason`. Missing and null are None, unknown ones Other.
FinishReason finish_reason_from(const wire::JsonValue& stop_reason) noexcept;

/// What an answer holds that its stop reason must agree with: clients run tools only when it is "tool_use".
struct AnswerContents {
    bool calls = false;
    bool refusal = false;
    bool stop_sequence = false;
};

/// The `stop_reason` for a client.
std::string_view stop_reason_for(FinishReason reason, const AnswerContents& contents) noexcept;

}  // namespace tierway::dialect::anthropic
