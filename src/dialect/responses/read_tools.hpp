#pragma once

#include <string>
#include <string_view>

#include "tierway/base/error.hpp"
#include "tierway/dialect/conversation.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect::responses {

/// Reads `tools`, `tool_choice` and `parallel_tool_calls` (WIRE.md section 2.1). Of a choice among allowed tools only those are
/// kept. Errors: as `read_request`.
Result<void> read_tools(const wire::JsonValue& body, Conversation& conversation);

/// The name under which models know a tool of a namespace; without one, its own.
std::string flat_tool_name(std::string_view name_space, std::string_view name);

/// A custom tool's format is flat here, `{"type":"grammar","syntax":…,"definition":…}`, and nested in Chat Completions.
/// \param format any JSON value; empty for no object.
JsonText nested_format(const wire::JsonValue& format);
/// The other way. \param format a JSON text; what is no format stays as it is.
JsonText flat_format(const JsonText& format);

}  // namespace tierway::dialect::responses
