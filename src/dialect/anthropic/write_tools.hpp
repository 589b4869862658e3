#pragma once

#include "tierway/base/json_writer.hpp"
#include "tierway/dialect/conversation.hpp"

namespace tierway::dialect::anthropic {

/// Writes `tools` and `tool_choice`; nothing when there are no tools. REQUIRES: none is custom.
void write_tools(JsonWriter& json, const Conversation& conversation);

}  // namespace tierway::dialect::anthropic
