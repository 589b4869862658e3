#pragma once

#include "tierway/base/error.hpp"
#include "tierway/dialect/conversation.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect::responses {

/// Reads `input`, a text or items (WIRE.md section 2.1), behind the turns that are there. Items of hosted tools are named in
/// `omitted`, or make the conversation `only_native`. Errors: as `read_request`.
Result<void> read_input(const wire::JsonValue& input, Conversation& conversation);

}  // namespace tierway::dialect::responses
