#pragma once

#include "tierway/dialect/chat_compatibility.hpp"
#include "tierway/dialect/chat_request.hpp"
#include "tierway/wire/edits.hpp"

namespace tierway::dialect {

/// Fits a body to what the rules say. Touches neither `model`, nor the end of `messages`, nor `stream_options` and `logprobs`
/// where they are taken, nor a limit of the answer's length that is null and alone: those are `edit_request`'s own. Rules that
/// change nothing cost nothing.
/// \param keep_logprobs they are asked for by the gateway itself.
void fit_to_rules(const ChatRequest& request, const ChatRules& rules, bool keep_logprobs, wire::Edits& edits, RequestNotes& notes);

/// The same for the messages of the request.
void fit_messages(const ChatRequest& request, const ChatCompatibility& vendor, wire::Edits& edits, RequestNotes& notes);

}  // namespace tierway::dialect
