#pragma once

#include "tierway/base/error.hpp"
#include "tierway/dialect/conversation.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect::anthropic {

/// Reads `tools` and `tool_choice`. Tools of the vendor's make the conversation `only_native`.
Result<void> read_tools(const wire::JsonValue& tools, const wire::JsonValue& tool_choice, Conversation& conversation);

}  // namespace tierway::dialect::anthropic
