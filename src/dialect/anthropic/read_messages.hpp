#pragma once

#include "tierway/base/error.hpp"
#include "tierway/dialect/conversation.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect::anthropic {

/// Appends the turn of `system`, unless it says nothing.
Result<void> read_system(const wire::JsonValue& system, Conversation& conversation);

/// Appends the turns of `messages`; at least one of them is not the system's.
Result<void> read_messages(const wire::JsonValue& messages, Conversation& conversation);

}  // namespace tierway::dialect::anthropic
