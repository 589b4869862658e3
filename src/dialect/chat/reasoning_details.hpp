#pragma once

#include <vector>

#include "tierway/base/json_writer.hpp"
#include "tierway/dialect/conversation.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect::chat {

/// The member `reasoning_details` of messages and deltas, as OpenRouter's API has it: an array of `reasoning.text` (with `text` and
/// `signature`) and `reasoning.encrypted` (with `data`), each with the `format` that says whose it is. Chat Completions has no other
/// place for what a model must be given back.

/// Reads an array of them, or a message's plain `reasoning_content`, when there is no array.
void read_reasoning(const wire::JsonValue& message, std::vector<Part>& parts);

/// Writes one element of the array.
void write_detail(JsonWriter& json, const ReasoningPart& part);

}  // namespace tierway::dialect::chat
