#pragma once

#include <string_view>

#include "tierway/base/json_writer.hpp"
#include "tierway/dialect/conversation.hpp"

/// What OpenAI's two APIs, Chat Completions and Responses, write alike.
namespace tierway::dialect {

/// "auto", "none" or "required"; empty when no choice is stated, or a tool is named.
std::string_view choice_word(ToolChoice::Mode mode) noexcept;
/// Of the tool that the choice names: "custom" or "function".
std::string_view kind_of_named_tool(const Conversation& conversation) noexcept;

/// The members that describe a schema of the answer: `name`, `description`, `schema`, `strict`.
void write_schema_members(JsonWriter& json, const OutputFormat& format);

}  // namespace tierway::dialect
