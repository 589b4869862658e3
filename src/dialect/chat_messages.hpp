#pragma once

#include "tierway/dialect/chat_request.hpp"

namespace tierway::dialect {

/// Checks `request.messages` and adds what it learns of them to `request`: modalities, turns, text bytes.
Result<void> read_messages(ChatRequest& request, const ChatRequestLimits& limits);

}  // namespace tierway::dialect
