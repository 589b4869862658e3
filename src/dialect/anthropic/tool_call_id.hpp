#pragma once

#include <string>
#include <string_view>

namespace tierway::dialect::anthropic {

/// An id that the API takes for a tool call ([a-zA-Z0-9_-]+): the one given when it is such, else one made from its hash, the same
/// for the call and its result. The client never sees it.
std::string tool_call_id(std::string_view id);

}  // namespace tierway::dialect::anthropic
