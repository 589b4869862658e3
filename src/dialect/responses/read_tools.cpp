#include "dialect/responses/read_tools.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "dialect/request_errors.hpp"
#include "tierway/base/json_writer.hpp"

namespace tierway::dialect::responses {
namespace {

constexpr std::size_t kToolsMax = 512;

/// Hosted tools without which a model is able to do less and is asked the same. All others, known and new, are what the client's
/// question is about (`file_search`), or act for it (`mcp`, `computer`): only the vendor can be asked these.
constexpr std::array<std::string_view, 11> kDroppableTools = {
    "web_search",
    "web_search_preview",
    "web_search_2025_08_26",
    "web_search_preview_2025_03_11",
    "tool_search",
    "code_interpreter",
    "image_generation",
    "programmatic_tool_calling",
    "local_shell",
    "shell",
    "apply_patch",
};

bool is_droppable(const wire::JsonValue& type) {
    return std::any_of(kDroppableTools.begin(), kDroppableTools.end(),
                       [&type](std::string_view droppable) { return type.string_is(droppable); });
}

void need_native(Conversation& conversation, std::string_view param) {
    if (conversation.only_native.empty()) {
        conversation.only_native = param;
    }
}

void omit_tools(Conversation& conversation) {
    Omissions& omitted = conversation.omitted;
    if (std::find(omitted.begin(), omitted.end(), "tools") == omitted.end()) {
        omitted.push_back("tools");
    }
}

Result<void> read_definition(const wire::JsonValue& tool, std::string_view name_space, const std::string& path,
                             std::vector<ToolDefinition>& tools) {
    const wire::JsonValue name = tool.find("name");
    if (!name.is_string() || name.string_is("")) {
        const std::string param = member_path(path, "name");
        return name.exists() ? invalid_type(param, "a string that is not empty", name)
                             : missing_parameter(param, "the tool's name");
    }
    ToolDefinition definition;
    definition.custom = tool.find("type").string_is("custom");
    definition.name = flat_tool_name(name_space, name.to_string());
    definition.description = tool.find("description").to_string();
    if (definition.custom) {
        definition.format = nested_format(tool.find("format"));
    } else {
        const wire::JsonValue parameters = tool.find("parameters");
        definition.parameters = parameters.is_object() ? JsonText(parameters.raw()) : JsonText();
        definition.strict = tool.find("strict").boolean();
    }
    if (tools.size() >= kToolsMax) {
        return invalid_value("tools", "must hold at most " + std::to_string(kToolsMax) + " tools");
    }
    tools.push_back(std::move(definition));
    return {};
}

bool is_client_tool(const wire::JsonValue& type) {
    return type.string_is("function") || type.string_is("custom");
}

Result<void> read_namespace(const wire::JsonValue& tool, const std::string& path, std::vector<ToolDefinition>& tools) {
    const std::string name = tool.find("name").to_string();
    if (name.empty()) {
        return missing_parameter(member_path(path, "name"), "the namespace's name, a string");
    }
    const std::string members = member_path(path, "tools");
    std::size_t index = 0;
    for (const wire::JsonValue member : tool.find("tools")) {
        const std::string member_at = element_path(members, index++);
        if (!is_client_tool(member.find("type"))) {
            return invalid_value(member_path(member_at, "type"), "must be function or custom");
        }
        if (auto read = read_definition(member, name, member_at, tools); !read) {
            return read;
        }
    }
    return {};
}

Result<void> read_tool(const wire::JsonValue& tool, const std::string& path, Conversation& conversation) {
    const wire::JsonValue type = tool.find("type");
    if (!tool.is_object()) {
        return invalid_type(path, "an object with a 'type'", tool);
    }
    if (!type.is_string()) {
        const std::string param = member_path(path, "type");
        return type.exists() ? invalid_type(param, "a string", type) : missing_parameter(param, "a string such as \"function\"");
    }
    if (is_client_tool(type)) {
        return read_definition(tool, {}, path, conversation.tools);
    }
    if (type.string_is("namespace")) {
        return read_namespace(tool, path, conversation.tools);
    }
    if (is_droppable(type)) {
        omit_tools(conversation);
    } else {
        need_native(conversation, path);
    }
    return {};
}

/// No other API has a choice among allowed tools: only those are offered.
void keep_allowed(const wire::JsonValue& allowed, Conversation& conversation) {
    std::erase_if(conversation.tools, [&allowed](const ToolDefinition& tool) {
        return std::none_of(allowed.begin(), allowed.end(), [&tool](const wire::JsonValue& one) {
            return is_client_tool(one.find("type")) &&
                   flat_tool_name(one.find("namespace").to_string(), one.find("name").to_string()) == tool.name;
        });
    });
}

ToolChoice::Mode mode_named(const wire::JsonValue& name) {
    using Mode = ToolChoice::Mode;
    return name.string_is("none")       ? Mode::None
           : name.string_is("auto")     ? Mode::Auto
           : name.string_is("required") ? Mode::Required
                                        : Mode::Unstated;
}

Result<void> read_choice(const wire::JsonValue& choice, Conversation& conversation) {
    using Mode = ToolChoice::Mode;
    ToolChoice& read = conversation.tool_choice;
    if (!choice.exists() || choice.is_null()) {
        return {};
    }
    if (!choice.is_string() && !choice.is_object()) {
        return invalid_type("tool_choice", "a string or an object", choice);
    }
    const wire::JsonValue type = choice.find("type");
    if (choice.is_string()) {
        read.mode = mode_named(choice);
        if (read.mode == Mode::Unstated) {
            return invalid_value("tool_choice", "must be none, auto, required or an object");
        }
    } else if (is_client_tool(type)) {
        read = {Mode::Named, flat_tool_name(choice.find("namespace").to_string(), choice.find("name").to_string())};
        if (read.name.empty()) {
            return missing_parameter("tool_choice.name", "the tool's name");
        }
    } else if (type.string_is("allowed_tools")) {
        read.mode = choice.find("mode").string_is("required") ? Mode::Required : Mode::Auto;
        keep_allowed(choice.find("tools"), conversation);
    } else {
        need_native(conversation, "tool_choice");
    }
    if (read.mode == Mode::Required && conversation.tools.empty()) {
        need_native(conversation, "tool_choice");  // Only a hosted tool could be called.
    }
    return {};
}

}  // namespace

std::string flat_tool_name(std::string_view name_space, std::string_view name) {
    std::string flat(name_space);
    flat += name_space.empty() ? "" : "__";
    return flat.append(name);
}

JsonText nested_format(const wire::JsonValue& format) {
    if (!format.is_object()) {
        return {};
    }
    if (!format.find("type").string_is("grammar") || format.find("grammar").exists()) {
        return JsonText(format.raw());
    }
    JsonText text;
    JsonWriter json(text);
    json.begin_object().text("type", "grammar").key("grammar").begin_object();
    json.text("syntax", format.find("syntax").to_string()).text("definition", format.find("definition").to_string());
    json.end_object().end_object();
    return text;
}

JsonText flat_format(const JsonText& format) {
    wire::JsonParser parser;
    const Result<wire::JsonValue> parsed = parser.parse(format);
    const wire::JsonValue grammar = parsed ? parsed->find("grammar") : wire::JsonValue();
    if (!grammar.is_object()) {
        return format;
    }
    JsonText text;
    JsonWriter json(text);
    json.begin_object().text("type", "grammar").text("syntax", grammar.find("syntax").to_string());
    json.text("definition", grammar.find("definition").to_string()).end_object();
    return text;
}

Result<void> read_tools(const wire::JsonValue& body, Conversation& conversation) {
    const wire::JsonValue tools = body.find("tools");
    if (tools.exists() && !tools.is_null() && !tools.is_array()) {
        return invalid_type("tools", "an array of tools", tools);
    }
    std::size_t index = 0;
    for (const wire::JsonValue tool : tools) {
        if (auto read = read_tool(tool, element_path("tools", index), conversation); !read) {
            return read;
        }
        ++index;
    }
    conversation.parallel_tool_calls = body.find("parallel_tool_calls").boolean();
    return read_choice(body.find("tool_choice"), conversation);
}

}  // namespace tierway::dialect::responses
