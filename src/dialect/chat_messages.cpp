#include "dialect/chat_messages.hpp"

#include "dialect/request_errors.hpp"

namespace tierway::dialect {
namespace {

/// The members of one message that the gateway acts on. Of duplicates the last counts, as with `JsonValue::find`.
struct MessageFields {
    wire::JsonValue role;
    wire::JsonValue content;
    wire::JsonValue refusal;
    wire::JsonValue reasoning;
    wire::JsonValue tool_calls;
    wire::JsonValue function_call;
    wire::JsonValue tool_call_id;
};

MessageFields fields_of(const wire::JsonValue& message, ChatHistory& history) {
    MessageFields fields;
    std::string scratch;
    for (const wire::JsonValue member : message) {
        const std::string_view key = member.key(scratch);
        if (key == "role") {
            fields.role = member;
        } else if (key == "content") {
            fields.content = member;
        } else if (key == "refusal") {
            fields.refusal = member;
        } else if (key == "reasoning_content") {
            fields.reasoning = member;
            history.has_reasoning = true;
        } else if (key == "reasoning_details" || key == "reasoning") {
            history.has_reasoning = true;
        } else if (key == "name") {
            history.has_names = true;
        } else if (key == "tool_calls") {
            fields.tool_calls = member;
            history.has_tool_calls = true;
        } else if (key == "function_call") {
            fields.function_call = member;
        } else if (key == "tool_call_id") {
            fields.tool_call_id = member;
            history.has_tool_calls = true;
        }
    }
    return fields;
}

/// Escapes are counted as written: an estimate does not pay for unescaping a whole prompt.
std::size_t text_bytes(const wire::JsonValue& value) noexcept {
    return value.is_string() ? value.range().size() - 2 : 0;
}

/// Any other value is sent to the model as the JSON text that it is.
std::size_t json_bytes(const wire::JsonValue& value) noexcept {
    return value.is_array() || value.is_object() ? value.range().size() : 0;
}

std::optional<Role> role_named(const wire::JsonValue& name) noexcept {
    if (name.string_is("user")) {
        return Role::User;
    }
    if (name.string_is("assistant")) {
        return Role::Assistant;
    }
    if (name.string_is("tool") || name.string_is("function")) {
        return Role::Tool;
    }
    if (name.string_is("system") || name.string_is("developer")) {
        return Role::System;
    }
    return std::nullopt;
}

Result<void> read_part(ChatRequest& request, const wire::JsonValue& part, const std::string& path) {
    if (!part.is_object()) {
        return invalid_type(path, "an object with a 'type'", part);
    }
    const wire::JsonValue type = part.find("type");
    if (!type.is_string()) {
        const std::string param = member_path(path, "type");
        return type.exists() ? invalid_type(param, "a string", type) : missing_parameter(param, "a string such as \"text\"");
    }
    if (type.string_is("image_url")) {
        request.has_image = true;
        ++request.images;
    } else if (type.string_is("input_audio")) {
        request.has_audio = true;
        request.audio_bytes += text_bytes(part.find("input_audio").find("data"));
    } else if (type.string_is("file")) {
        request.has_file = true;
        request.file_bytes += text_bytes(part.find("file").find("file_data"));
    } else if (type.string_is("refusal")) {
        request.prompt_text_bytes += text_bytes(part.find("refusal"));
    } else {
        const wire::JsonValue text = part.find("text");
        if (type.string_is("text") && !text.is_string()) {
            const std::string param = member_path(path, "text");
            return text.exists() ? invalid_type(param, "a string", text) : missing_parameter(param, "a string");
        }
        request.prompt_text_bytes += text_bytes(text);
    }
    return {};
}

Result<void> read_content(ChatRequest& request, const wire::JsonValue& content, Role role, const std::string& path) {
    switch (content.kind()) {
        case wire::JsonKind::String:
            request.prompt_text_bytes += text_bytes(content);
            return {};
        case wire::JsonKind::Null:
            return {};
        case wire::JsonKind::Missing:
            if (role == Role::Assistant) {
                return {};
            }
            return missing_parameter(member_path(path, "content"), "a string or an array of content parts");
        case wire::JsonKind::Array:
            break;
        default:
            return invalid_type(member_path(path, "content"), "a string or an array of content parts", content);
    }
    std::size_t index = 0;
    for (const wire::JsonValue part : content) {
        if (auto read = read_part(request, part, {}); !read) {
            // The path is built only for a part that is refused; the second reading fails as the first did.
            return read_part(request, part, element_path(member_path(path, "content"), index));
        }
        ++index;
    }
    return {};
}

/// \param path of the message; empty on the first reading, which spares the good case from building it.
Result<Role> read_message(ChatRequest& request, const wire::JsonValue& message, const std::string& path) {
    if (!message.is_object()) {
        return invalid_type(path, "an object with 'role' and 'content'", message);
    }
    const MessageFields fields = fields_of(message, request.history);
    if (!fields.role.is_string()) {
        const std::string param = member_path(path, "role");
        return fields.role.exists() ? invalid_type(param, "a string", fields.role)
                                    : missing_parameter(param, "a string such as \"user\"");
    }
    const std::optional<Role> role = role_named(fields.role);
    if (!role) {
        return invalid_value(member_path(path, "role"), "must be one of developer, system, user, assistant, tool or function");
    }
    request.history.has_developer = request.history.has_developer || fields.role.string_is("developer");
    if (fields.role.string_is("tool") && !fields.tool_call_id.is_string()) {
        const std::string param = member_path(path, "tool_call_id");
        return fields.tool_call_id.exists() ? invalid_type(param, "a string", fields.tool_call_id)
                                            : missing_parameter(param, "the id of the tool call that this message answers");
    }
    if (auto read = read_content(request, fields.content, *role, path); !read) {
        return read.error();
    }
    request.prompt_text_bytes += text_bytes(fields.refusal) + text_bytes(fields.reasoning) + json_bytes(fields.tool_calls) +
                                 json_bytes(fields.function_call);
    return *role;
}

}  // namespace

std::optional<Role> role_of(const wire::JsonValue& message) noexcept {
    return role_named(message.find("role"));
}

Result<void> read_messages(ChatRequest& request, const ChatRequestLimits& limits) {
    if (!request.messages.exists()) {
        return missing_parameter("messages", "a non-empty array of messages");
    }
    if (!request.messages.is_array()) {
        return invalid_type("messages", "an array of messages", request.messages);
    }
    const std::size_t count = request.messages.size();
    if (count == 0) {
        return invalid_value("messages", "must hold at least one message");
    }
    if (count > limits.messages_max) {
        return invalid_value("messages", "must hold at most " + std::to_string(limits.messages_max) + " messages, but holds " +
                                             std::to_string(count));
    }
    std::size_t index = 0;
    std::optional<Role> last;
    for (const wire::JsonValue message : request.messages) {
        const Result<Role> role = read_message(request, message, {});
        if (!role) {
            return read_message(request, message, element_path("messages", index)).error();
        }
        request.turns += *role == Role::User ? 1 : 0;
        last = *role;
        ++index;
    }
    request.last_turn_is_tool_result = last == Role::Tool;
    return {};
}

}  // namespace tierway::dialect
