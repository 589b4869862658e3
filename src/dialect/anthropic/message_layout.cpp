#include "dialect/anthropic/message_layout.hpp"

#include <utility>

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

/// An answer that was nothing but thought leaves nothing, and its neighbours become one message.
void drop_trailing_reasoning(std::vector<LaidOutMessage>& messages) {
    std::vector<LaidOutMessage> kept;
    for (LaidOutMessage& message : messages) {
        while (!message.parts.empty() && is_reasoning(message.parts.back())) {
            message.parts.pop_back();
        }
        if (message.parts.empty() && message.results.empty()) {
            continue;
        }
        if (kept.empty() || kept.back().role != message.role) {
            kept.push_back(std::move(message));
            continue;
        }
        LaidOutMessage& before = kept.back();
        before.results.insert(before.results.end(), message.results.begin(), message.results.end());
        before.parts.insert(before.parts.end(), message.parts.begin(), message.parts.end());
    }
    messages = std::move(kept);
}

}  // namespace

TurnLayout lay_out_messages(const Conversation& conversation, bool system_mid_conversation) {
    TurnLayout layout = lay_out(conversation, says_something, system_mid_conversation);
    drop_trailing_reasoning(layout.messages);
    return layout;
}

bool allows_thinking_budget(const std::vector<LaidOutMessage>& messages) noexcept {
    if (messages.empty() || messages.back().role == Role::Assistant) {
        return false;
    }
    const LaidOutMessage* first_of_loop = nullptr;
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
