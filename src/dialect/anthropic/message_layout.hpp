#pragma once

#include <vector>

#include "dialect/turn_layout.hpp"
#include "tierway/dialect/conversation.hpp"

namespace tierway::dialect::anthropic {

/// Which part of a conversation goes where. Left out are empty texts, reasoning that no Anthropic model sealed, and reasoning that
/// would end an answer, which the API refuses.
/// \param system_mid_conversation the model takes system messages behind others; else they are the user's.
TurnLayout lay_out_messages(const Conversation& conversation, bool system_mid_conversation);

/// Whether the API takes the history with a thinking budget: there is no answer begun for the model to go on with, and the tool
/// loop in progress, if there is one, began with sealed thinking. (Adaptive thinking has no such rule.)
bool allows_thinking_budget(const std::vector<LaidOutMessage>& messages) noexcept;

}  // namespace tierway::dialect::anthropic
