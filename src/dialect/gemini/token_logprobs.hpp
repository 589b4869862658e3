#pragma once

#include "tierway/dialect/conversation.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect::gemini {

/// A candidate's `logprobsResult` as the array of token objects of Chat Completions (WIRE.md section 1.3); empty when it has no
/// tokens. The bytes of a token are not told by the API: null.
JsonText token_logprobs(const wire::JsonValue& logprobs_result);

}  // namespace tierway::dialect::gemini
