#pragma once

#include <vector>

#include "tierway/dialect/conversation.hpp"

namespace tierway::dialect {

/// One message of a dialect whose roles alternate. Views of the conversation.
struct LaidOutMessage {
    Role role = Role::User;            ///< User, Assistant or, where the model takes it, System.
    std::vector<const Part*> results;  ///< Of tools; they stand first. Only of User.
    std::vector<const Part*> parts;
};

/// Which part of a conversation goes where, in dialects that keep instructions apart and whose roles alternate.
struct TurnLayout {
    std::vector<const Part*> instructions;  ///< Of the system turns that come first.
    std::vector<LaidOutMessage> messages;   ///< None is empty, no two neighbours have one role.
};

/// A conversation of instructions alone becomes one of the user's, since something has to be asked.
/// \param keeps whether the dialect writes a part at all; what it does not is not laid out.
/// \param system_mid_conversation whether later instructions stay messages of their own, unless they stand between calls of tools
/// and their results; else they are the user's.
TurnLayout lay_out(const Conversation& conversation, bool (*keeps)(const Part&), bool system_mid_conversation);

}  // namespace tierway::dialect
