#pragma once

#include "tierway/base/error.hpp"
#include "tierway/base/json_writer.hpp"
#include "tierway/dialect/conversation.hpp"

namespace tierway::dialect::responses {

/// Writes the turns as `instructions` (a first turn of the system's) and `input`. Errors: as `write_request`.
Result<void> write_turns(JsonWriter& json, const std::vector<Turn>& turns);

}  // namespace tierway::dialect::responses
