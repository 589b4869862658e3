#include "dialect/anthropic/read_tools.hpp"

#include <utility>

#include "dialect/anthropic/read_members.hpp"
#include "dialect/request_errors.hpp"

namespace tierway::dialect::anthropic {
namespace {

constexpr std::size_t kToolsMax = 512;  // As many as a chat request may have.

/// Whether the tool is the client's own; else the vendor runs it, or only its models know it.
bool is_ordinary(const wire::JsonValue& type) noexcept {
    return !is_stated(type) || type.string_is("custom");
}

Result<void> read_tool(const wire::JsonValue& tool, const MemberPath& path, Conversation& conversation) {
    if (!tool.is_object()) {
        return invalid_type(path.text(), "an object", tool);
    }
    const wire::JsonValue type = tool.find("type");
    if (is_stated(type) && !type.is_string()) {
        return invalid_type(MemberPath(path, "type").text(), "a string", type);
    }
    if (!is_ordinary(type)) {
        note_native(conversation, path);
        return {};
    }
    Result<std::string> name = read_name(tool, "name", path);
    Result<std::string> description = read_optional_string(tool, "description", path);
    if (!name || !description) {
        return name ? description.error() : name.error();
    }
    const wire::JsonValue schema = tool.find("input_schema");
    if (!schema.is_object()) {
        const std::string param = MemberPath(path, "input_schema").text();
        return schema.exists() ? invalid_type(param, "a JSON schema (an object)", schema)
                               : missing_parameter(param, "a JSON schema (an object)");
    }
    const Result<std::optional<bool>> strict = read_optional_boolean(tool, "strict", path);
    if (!strict) {
        return strict.error();
    }
    ToolDefinition definition;
    definition.name = std::move(*name);
    definition.description = std::move(*description);
    definition.parameters = schema.raw();
    definition.strict = *strict;
    definition.cache_control = cache_mark_of(tool);
    conversation.tools.push_back(std::move(definition));
    return {};
}

Result<void> read_choice(const wire::JsonValue& choice, Conversation& conversation) {
    if (!is_stated(choice)) {
        return {};
    }
    const MemberPath path("tool_choice");
    if (!choice.is_object()) {
        return invalid_type("tool_choice", "an object with a 'type'", choice);
    }
    const Result<std::string> type = read_string(choice, "type", path);
    const Result<std::optional<bool>> one_at_a_time = read_optional_boolean(choice, "disable_parallel_tool_use", path);
    if (!type || !one_at_a_time) {
        return type ? one_at_a_time.error() : type.error();
    }
    ToolChoice& read = conversation.tool_choice;
    if (*type == "auto") {
        read.mode = ToolChoice::Mode::Auto;
    } else if (*type == "any") {
        read.mode = ToolChoice::Mode::Required;
    } else if (*type == "none") {
        read.mode = ToolChoice::Mode::None;
    } else if (*type == "tool") {
        Result<std::string> name = read_name(choice, "name", path);
        if (!name) {
            return name.error();
        }
        read.mode = ToolChoice::Mode::Named;
        read.name = std::move(*name);
    } else {
        return invalid_value("tool_choice.type", "must be one of auto, any, tool or none");
    }
    if (one_at_a_time->value_or(false)) {
        conversation.parallel_tool_calls = false;
    }
    return {};
}

}  // namespace

Result<void> read_tools(const wire::JsonValue& tools, const wire::JsonValue& tool_choice, Conversation& conversation) {
    std::size_t index = 0;
    if (is_stated(tools)) {
        if (!tools.is_array()) {
            return invalid_type("tools", "an array", tools);
        }
        if (tools.size() > kToolsMax) {
            return invalid_value("tools", "must hold at most " + std::to_string(kToolsMax) + " tools, but holds " +
                                              std::to_string(tools.size()));
        }
        const MemberPath path("tools");
        for (const wire::JsonValue tool : tools) {
            if (auto read = read_tool(tool, MemberPath(path, index), conversation); !read) {
                return read.error();
            }
            ++index;
        }
    }
    if (auto read = read_choice(tool_choice, conversation); !read) {
        return read.error();
    }
    const ToolChoice::Mode mode = conversation.tool_choice.mode;
    if (index == 0 && (mode == ToolChoice::Mode::Required || mode == ToolChoice::Mode::Named)) {
        return invalid_value("tool_choice", "is only allowed with 'tools'; state some, or remove it");
    }
    if (index == 0) {
        conversation.tool_choice = {};
        conversation.parallel_tool_calls.reset();
    }
    return {};
}

}  // namespace tierway::dialect::anthropic
