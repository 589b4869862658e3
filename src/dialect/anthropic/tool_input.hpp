#pragma once

#include <string>
#include <string_view>

#include "tierway/dialect/conversation.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect::anthropic {

/// The `input` of a tool call as one JSON object: the arguments byte for byte when they are one, `{}` when they are blank, else
/// `{"arguments":"<text>"}`. Of a custom tool, whose input is free text, `{"input":"<text>"}`.
/// \param parser is used to check them. \param scratch holds the result when it is not the arguments.
std::string_view tool_input(const ToolCallPart& call, wire::JsonParser& parser, std::string& scratch);

/// An id that the API takes for a tool call ([a-zA-Z0-9_-]+): the one given when it is such, else one made from its hash, the same
/// for the call and its result. The client never sees it.
std::string tool_call_id(std::string_view id);

}  // namespace tierway::dialect::anthropic
