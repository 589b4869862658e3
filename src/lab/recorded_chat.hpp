#pragma once

#include "tierway/dialect/chat_answer.hpp"
#include "tierway/lab/outcome.hpp"

namespace tierway::lab {

/// What a provider would have said that it counted.
dialect::TokenUsage usage_of(const RecordedAnswer& recorded);

/// The recorded answer as a provider would have sent it: one finished choice. A recorded token probability becomes the
/// log-probability of a single token. \param with_logprobs whether its model gives them, else they are left out.
dialect::ChatAnswer recorded_chat(const RecordedAnswer& recorded, bool with_logprobs);

}  // namespace tierway::lab
