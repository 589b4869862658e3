#include "dialect/anthropic/read_messages.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "dialect/anthropic/read_blocks.hpp"
#include "dialect/anthropic/read_members.hpp"
#include "dialect/request_errors.hpp"

namespace tierway::dialect::anthropic {
namespace {

constexpr std::size_t kMessagesMax = 10'000;  // As many as a chat request may have.

/// Claude Code names its version and a checksum of the prompt in the first system block. To other models it is noise, and it makes
/// every prompt begin differently, which defeats their prompt caches (WIRE.md section 4.9).
constexpr std::string_view kBillingHeader = "x-anthropic-billing-header:";

bool is_result(const Part& part) noexcept {
    return std::holds_alternative<ToolResultPart>(part.value);
}

void append_turn(Conversation& conversation, Role role, std::vector<Part> parts) {
    if (parts.empty()) {
        return;
    }
    std::vector<Turn>& turns = conversation.turns;
    if (role == Role::Tool && !turns.empty() && turns.back().role == Role::Tool) {
        std::vector<Part>& before = turns.back().parts;
        before.insert(before.end(), std::make_move_iterator(parts.begin()), std::make_move_iterator(parts.end()));
        return;
    }
    turns.push_back({role, std::move(parts)});
}

/// System texts, of `system` or of a message in the middle of the conversation.
Result<std::vector<Part>> read_instructions(const wire::JsonValue& content, const MemberPath& path, Conversation& conversation) {
    std::vector<Part> parts;
    BlockReader blocks(conversation);
    if (auto read = blocks.read_content(content, BlockReader::Place::User, path, parts); !read) {
        return read.error();
    }
    std::vector<Part> texts;
    for (Part& part : parts) {
        const auto* text = std::get_if<TextPart>(&part.value);
        if (text == nullptr) {
            return invalid_value(path.text(), "must hold nothing but text");
        }
        if (!std::string_view(text->text).starts_with(kBillingHeader)) {
            texts.push_back(std::move(part));
        }
    }
    return texts;
}

/// What tools answered stands before what else the message says, as models of other families need it.
Result<void> append_user_turns(std::vector<Part> parts, const MemberPath& path, Conversation& conversation) {
    if (parts.empty() && conversation.only_native.empty()) {
        return invalid_value(path.text(), "must not be empty");
    }
    const auto others = std::stable_partition(parts.begin(), parts.end(), is_result);
    std::vector<Part> rest(std::make_move_iterator(others), std::make_move_iterator(parts.end()));
    parts.erase(others, parts.end());
    append_turn(conversation, Role::Tool, std::move(parts));
    append_turn(conversation, Role::User, std::move(rest));
    return {};
}

Result<void> read_message(const wire::JsonValue& message, const MemberPath& path, BlockReader& blocks, Conversation& conversation) {
    if (!message.is_object()) {
        return invalid_type(path.text(), "an object with 'role' and 'content'", message);
    }
    const Result<std::string> role = read_string(message, "role", path);
    if (!role) {
        return role.error();
    }
    const wire::JsonValue content = message.find("content");
    const MemberPath content_path(path, "content");
    if (*role == "system") {
        Result<std::vector<Part>> texts = read_instructions(content, content_path, conversation);
        if (!texts) {
            return texts.error();
        }
        append_turn(conversation, Role::System, std::move(*texts));
        return {};
    }
    if (*role != "user" && *role != "assistant") {
        return invalid_value(MemberPath(path, "role").text(), "must be one of user, assistant or system");
    }
    const bool assistant = *role == "assistant";
    std::vector<Part> parts;
    const auto place = assistant ? BlockReader::Place::Assistant : BlockReader::Place::User;
    if (auto read = blocks.read_content(content, place, content_path, parts); !read) {
        return read.error();
    }
    if (!assistant) {
        return append_user_turns(std::move(parts), content_path, conversation);
    }
    append_turn(conversation, Role::Assistant, std::move(parts));
    return {};
}

}  // namespace

Result<void> read_system(const wire::JsonValue& system, Conversation& conversation) {
    if (!is_stated(system)) {
        return {};
    }
    Result<std::vector<Part>> texts = read_instructions(system, MemberPath("system"), conversation);
    if (!texts) {
        return texts.error();
    }
    append_turn(conversation, Role::System, std::move(*texts));
    return {};
}

Result<void> read_messages(const wire::JsonValue& messages, Conversation& conversation) {
    if (!messages.is_array()) {
        return messages.exists() ? invalid_type("messages", "an array of messages", messages)
                                 : missing_parameter("messages", "a non-empty array of messages");
    }
    const std::size_t count = messages.size();
    if (count == 0) {
        return invalid_value("messages", "must hold at least one message");
    }
    if (count > kMessagesMax) {
        return invalid_value("messages", "must hold at most " + std::to_string(kMessagesMax) + " messages, but holds " +
                                             std::to_string(count));
    }
    BlockReader blocks(conversation);
    const MemberPath path("messages");
    std::size_t index = 0;
    for (const wire::JsonValue message : messages) {
        if (auto read = read_message(message, MemberPath(path, index), blocks, conversation); !read) {
            return read.error();
        }
        ++index;
    }
    const bool says_something = std::any_of(conversation.turns.begin(), conversation.turns.end(),
                                            [](const Turn& turn) { return turn.role != Role::System; });
    if (!says_something && conversation.only_native.empty()) {
        return invalid_value("messages", "must hold at least one message of the user that is not empty");
    }
    return {};
}

}  // namespace tierway::dialect::anthropic
