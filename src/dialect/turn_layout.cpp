#include "dialect/turn_layout.hpp"

#include <algorithm>
#include <utility>

namespace tierway::dialect {
namespace {

Role role_in_dialect(Role role, bool system_mid_conversation) noexcept {
    if (role == Role::Assistant || (role == Role::System && system_mid_conversation)) {
        return role;
    }
    return Role::User;
}

}  // namespace

TurnLayout lay_out(const Conversation& conversation, bool (*keeps)(const Part&), bool system_mid_conversation) {
    TurnLayout layout;
    bool leading = true;
    const std::vector<Turn>& turns = conversation.turns;
    for (std::size_t i = 0; i < turns.size(); ++i) {
        const Turn& turn = turns[i];
        leading = leading && turn.role == Role::System;
        const bool before_results = i + 1 < turns.size() && turns[i + 1].role == Role::Tool;
        const Role role = role_in_dialect(turn.role, system_mid_conversation && !before_results);
        for (const Part& part : turn.parts) {
            if (!keeps(part)) {
                continue;
            }
            if (leading) {
                layout.instructions.push_back(&part);
                continue;
            }
            if (layout.messages.empty() || layout.messages.back().role != role) {
                layout.messages.push_back({role, {}, {}});
            }
            LaidOutMessage& message = layout.messages.back();
            const bool is_result = std::holds_alternative<ToolResultPart>(part.value) && role == Role::User;
            (is_result ? message.results : message.parts).push_back(&part);
        }
    }
    if (layout.messages.empty() && !layout.instructions.empty()) {
        layout.messages.push_back({Role::User, {}, std::exchange(layout.instructions, {})});
    }
    return layout;
}

}  // namespace tierway::dialect
