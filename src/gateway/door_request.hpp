#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tierway/base/error.hpp"
#include "tierway/dialect/chat_request.hpp"
#include "tierway/dialect/conversation.hpp"
#include "tierway/dialect/dialect.hpp"
#include "tierway/dialect/door_codec.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::gateway {

/// A request as it came through its door, and what it says in the words of Chat, in which the gateway thinks: through the door
/// Chat the same bytes, through any other a body of our own. Memory that requests reuse. Views live as long as the client's body.
class DoorRequest {
public:
    /// Forgets the last request. \param body as it came.
    void begin(dialect::Dialect door, std::string_view body);
    /// Reads a body that is not in Chat. Errors: InvalidRequest, in the words of the door.
    Result<void> read();

    /// How many tokens it is about to have: an estimate, as no model counts them. For Anthropic's door, whose clients may ask.
    /// Errors: InvalidRequest.
    Result<std::int64_t> count_tokens();

    [[nodiscard]] dialect::Dialect door() const noexcept { return door_; }
    /// The request as a Chat body. REQUIRES: through another door, that it was read.
    [[nodiscard]] std::string_view chat_body() const noexcept { return door_ == dialect::Dialect::Chat ? body_ : chat_body_; }
    /// The body as it came, indexed. REQUIRES: not through the door Chat.
    [[nodiscard]] const wire::JsonValue& native() const noexcept { return native_; }
    [[nodiscard]] std::string_view native_body() const noexcept { return body_; }
    /// What it says in no dialect's words. Made when it is first needed. \param request the view of `chat_body`.
    Result<const dialect::Conversation*> conversation(const dialect::ChatRequest& request);
    /// The member that no other dialect can express; empty when any provider will do. See `Conversation::only_native`.
    [[nodiscard]] std::string_view only_native() const noexcept;
    /// What the door's answers repeat of it.
    [[nodiscard]] const dialect::DoorEcho& echo() const noexcept { return echo_; }
    /// Whether a stream is to tell its usage. REQUIRES: through another door than Chat, that it was read.
    [[nodiscard]] bool includes_usage() const noexcept { return conversation_ && conversation_->include_usage; }
    /// What the door's request asks for that nothing but its own dialect has.
    [[nodiscard]] dialect::Omissions omitted() const { return conversation_ ? conversation_->omitted : dialect::Omissions(); }
    /// What `chat_body` leaves out for want of a word.
    [[nodiscard]] const dialect::Omissions& omissions() const noexcept { return omissions_; }

private:
    dialect::Dialect door_ = dialect::Dialect::Chat;
    std::string_view body_;
    std::optional<dialect::Conversation> conversation_;
    std::string chat_body_;
    wire::JsonParser native_json_;
    wire::JsonValue native_;
    dialect::DoorEcho echo_;
    dialect::Omissions omissions_;
};

}  // namespace tierway::gateway
