#pragma once

#include <string>

#include "tierway/base/json_writer.hpp"
#include "tierway/dialect/conversation.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect::chat {

/// An element of `tool_calls`, of a message in a history or in an answer.
ToolCallPart read_call(const wire::JsonValue& call);

/// Gemini's signature on a call, which Google's own form of this API has in `extra_content`; empty when there is none.
std::string seal_of(const wire::JsonValue& call);
/// Writes that member; nothing for an empty seal.
void write_seal(JsonWriter& json, const std::string& seal);

/// Writes the members of an element: `id`, `type`, and the call itself.
void write_call_members(JsonWriter& json, const ToolCallPart& call);

}  // namespace tierway::dialect::chat
