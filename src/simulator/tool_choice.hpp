#pragma once

#include "simulator/chat_input.hpp"

namespace tierway::simulator {

/// The tool that the answer calls, or null when it answers in words: the named one; the first when a call is required; else the
/// first whose name shares a telling word with the question ("get_weather" and "What is the weather in Oslo?"), unless a tool has
/// just answered.
const OfferedTool* choose_tool(const ChatInput& input);

}  // namespace tierway::simulator
