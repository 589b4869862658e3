#pragma once

#include <optional>

#include "tierway/dialect/chat_answer.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect::converse {

/// The meaning of `stopReason` (WIRE.md section 5.3); None when there is none. Empty when the model failed: what it wrote is of
/// no use.
std::optional<FinishReason> finish_reason_of(const wire::JsonValue& stop_reason);

}  // namespace tierway::dialect::converse
