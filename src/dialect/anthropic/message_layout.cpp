#include "dialect/anthropic/message_layout.hpp"

namespace tierway::dialect::anthropic {
namespace {

bool is_reasoning(const Part* part) noexcept {
    return std::holds_alternative<ReasoningPart>(part->value);
}

/// Whether anything is written for the part.
bool says_something(const Part& part) noexcept {
    if (const auto* text = std::get_if<TextPart>(&part.value)) {
        return !text->text.empty();
    }
    if (const auto* refusal = std::get_if<RefusalPart>(&part.value)) {
        return !refusal->text.empty();
    }
    if (const auto* reasoning = std::get_if<ReasoningPart>(&part.value)) {
        return reasoning->origin == Origin::Anthropic && !reasoning->seal.empty();
    }
    return true;
}

/// The message that what `role` says next belongs to.
MessageLayout& message_of(ConversationLayout& layout, Role role) {
    if (layout.messages.empty() || layout.messages.back().role != role) {
        layout.messages.push_back({role, {}, {}});
    }
    return layout.messages.back();
}

void append_part(ConversationLayout& layout, Role role, const Part& part) {
    if (!says_something(part)) {
        return;
    }
    MessageLayout& message = message_of(layout, role);
    const bool is_result = std::holds_alternative<ToolResultPart>(part.value);
    (is_result ? message.results : message.parts).push_back(&part);
}

/// An answer that was nothing but thought leaves nothing, and its neighbours become one message.
void drop_trailing_reasoning(ConversationLayout& layout) {
    std::vector<MessageLayout> messages;
    messages.swap(layout.messages);
    for (MessageLayout& message : messages) {
        while (!message.parts.empty() && is_reasoning(message.parts.back())) {
            message.parts.pop_back();
        }
        if (message.parts.empty() && message.results.empty()) {
            continue;
        }
        MessageLayout& target = message_of(layout, message.role);
        target.results.insert(target.results.end(), message.results.begin(), message.results.end());
        target.parts.insert(target.parts.end(), message.parts.begin(), message.parts.end());
    }
}

}  // namespace

ConversationLayout lay_out(const Conversation& conversation, bool system_mid_conversation) {
    ConversationLayout layout;
    const std::vector<Turn>& turns = conversation.turns;
    for (std::size_t i = 0; i < turns.size(); ++i) {
        const Turn& turn = turns[i];
        if (turn.role == Role::System && layout.messages.empty()) {
            for (const Part& part : turn.parts) {
                if (says_something(part)) {
                    layout.system.push_back(&part);
                }
            }
            continue;
        }
        Role role = turn.role;
        if (role == Role::System) {
            // Nothing may stand between calls of tools and their results.
            const bool before_results = i + 1 < turns.size() && turns[i + 1].role == Role::Tool;
            role = system_mid_conversation && !before_results ? Role::System : Role::User;
        } else if (role == Role::Tool) {
            role = Role::User;
        }
        for (const Part& part : turn.parts) {
            append_part(layout, role, part);
        }
    }
    drop_trailing_reasoning(layout);
    return layout;
}

bool allows_thinking_budget(const std::vector<MessageLayout>& messages) noexcept {
    if (messages.empty() || messages.back().role == Role::Assistant) {
        return false;
    }
    const MessageLayout* first_of_loop = nullptr;
    for (auto message = messages.rbegin(); message != messages.rend(); ++message) {
        if (message->role == Role::Assistant) {
            first_of_loop = &*message;
        } else if (message->role == Role::User && message->results.empty()) {
            break;
        }
    }
    return first_of_loop == nullptr || (!first_of_loop->parts.empty() && is_reasoning(first_of_loop->parts.front()));
}

}  // namespace tierway::dialect::anthropic
