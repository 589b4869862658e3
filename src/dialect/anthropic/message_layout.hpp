#pragma once

#include <vector>

#include "tierway/dialect/conversation.hpp"

namespace tierway::dialect::anthropic {

/// One message of a request, of parts that say something.
struct MessageLayout {
    Role role = Role::User;  ///< User, Assistant or, where the model takes it, System.
    std::vector<const Part*> results;  ///< Of tools; they stand first. Only of User.
    std::vector<const Part*> parts;
};

/// Which part of a conversation goes where. Views of the conversation.
struct ConversationLayout {
    std::vector<const Part*> system;
    std::vector<MessageLayout> messages;  ///< None is empty; users and assistants alternate.
};

/// Leaves out empty texts, reasoning that no Anthropic model sealed, and reasoning that would end an answer, which the API refuses.
/// \param system_mid_conversation the model takes system messages behind others; else they are the user's.
ConversationLayout lay_out(const Conversation& conversation, bool system_mid_conversation);

/// Whether the API takes the history with a thinking budget: there is no answer begun for the model to go on with, and the tool
/// loop in progress, if there is one, began with sealed thinking. (Adaptive thinking has no such rule.)
bool allows_thinking_budget(const std::vector<MessageLayout>& messages) noexcept;

}  // namespace tierway::dialect::anthropic
