#include "gateway/door_request.hpp"

#include <utility>

#include "tierway/dialect/anthropic.hpp"
#include "tierway/dialect/chat.hpp"
#include "tierway/dialect/token_estimate.hpp"

namespace tierway::gateway {

void DoorRequest::begin(dialect::Dialect door, std::string_view body) {
    door_ = door;
    body_ = body;
    conversation_.reset();
    chat_body_.clear();
    native_ = {};
    echo_ = {};
    omissions_.clear();
}

Result<void> DoorRequest::read() {
    const auto parsed = native_json_.parse(body_);
    if (!parsed) {
        return parsed.error();
    }
    native_ = *parsed;
    auto conversation = dialect::read_door_request(door_, native_);
    if (!conversation) {
        return conversation.error();
    }
    conversation_ = std::move(*conversation);
    chat_body_ = dialect::chat::write_request(*conversation_, omissions_);
    echo_ = dialect::echo_of(door_, native_);
    return {};
}

Result<std::int64_t> DoorRequest::count_tokens() {
    const auto parsed = native_json_.parse(body_);
    if (!parsed) {
        return parsed.error();
    }
    const auto conversation = dialect::anthropic::read_request(*parsed, false);
    if (!conversation) {
        return conversation.error();
    }
    chat_body_ = dialect::chat::write_request(*conversation, omissions_);
    wire::JsonParser parser;
    const auto chat = parser.parse(chat_body_);
    const auto request = chat ? dialect::read_chat_request(*chat) : Result<dialect::ChatRequest>(chat.error());
    if (!request) {
        return request.error();
    }
    return dialect::estimate_tokens(request->prompt_text_bytes) + request->images * dialect::kImageTokens;
}

Result<const dialect::Conversation*> DoorRequest::conversation(const dialect::ChatRequest& request) {
    if (!conversation_) {
        auto conversation = dialect::chat::read_conversation(request);
        if (!conversation) {
            return conversation.error();
        }
        conversation_ = std::move(*conversation);
    }
    return &*conversation_;
}

std::string_view DoorRequest::only_native() const noexcept {
    return conversation_ ? std::string_view(conversation_->only_native) : std::string_view();
}

}  // namespace tierway::gateway
