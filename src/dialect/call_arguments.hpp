#pragma once

#include <string>
#include <string_view>

#include "tierway/dialect/conversation.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect {

/// Whether the text is one JSON object, within the bounds of the parser.
bool is_json_object(std::string_view text, wire::JsonParser& parser);

/// A call's arguments as one JSON object, for dialects that have them so: byte for byte when they are one, `{}` when they are
/// blank, else `{"arguments":"<text>"}`: the history is what a model said, which may be wrong. Of a custom tool, whose input is
/// free text, `{"input":"<text>"}`.
/// \param parser is used to check them. \param scratch holds the result when it is not the arguments.
std::string_view arguments_object(const ToolCallPart& call, wire::JsonParser& parser, std::string& scratch);

}  // namespace tierway::dialect
