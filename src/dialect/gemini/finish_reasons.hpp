#pragma once

#include <optional>

#include "tierway/dialect/chat_answer.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect::gemini {

/// The meaning of a candidate's `finishReason` (WIRE.md section 5.1); None when there is none. Empty when the model failed: it
/// wrote no usable function call.
/// \param has_calls the candidate holds function calls, for which the API has no reason of its own.
std::optional<FinishReason> finish_reason_of(const wire::JsonValue& reason, bool has_calls);

}  // namespace tierway::dialect::gemini
