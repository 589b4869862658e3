#include "dialect/anthropic/write_tools.hpp"

#include "tierway/wire/json_view.hpp"

namespace tierway::dialect::anthropic {
namespace {

/// The API wants a schema of an object; OpenAI's clients may leave the type out, or the whole schema.
std::string input_schema(const JsonText& parameters, wire::JsonParser& parser) {
    constexpr std::string_view kAnyObject = R"({"type":"object"})";
    if (parameters.empty()) {
        return std::string(kAnyObject);
    }
    const Result<wire::JsonValue> schema = parser.parse(parameters);
    if (!schema || !schema->is_object()) {
        return std::string(kAnyObject);
    }
    if (schema->find("type").exists()) {
        return parameters;
    }
    std::string typed = R"({"type":"object")";
    if (schema->size() > 0) {
        typed += ',';
        typed += schema->raw().substr(1);
    } else {
        typed += '}';
    }
    return typed;
}

void write_choice(JsonWriter& json, const Conversation& conversation) {
    const ToolChoice& choice = conversation.tool_choice;
    const bool one_at_a_time = conversation.parallel_tool_calls.has_value() && !*conversation.parallel_tool_calls;
    if (choice.mode == ToolChoice::Mode::Unstated && !one_at_a_time) {
        return;
    }
    json.key("tool_choice").begin_object();
    switch (choice.mode) {
        case ToolChoice::Mode::Unstated:
        case ToolChoice::Mode::Auto:
            json.text("type", "auto");
            break;
        case ToolChoice::Mode::None:
            json.text("type", "none");
            break;
        case ToolChoice::Mode::Required:
            json.text("type", "any");
            break;
        case ToolChoice::Mode::Named:
            json.text("type", "tool").text("name", choice.name);
            break;
    }
    if (one_at_a_time && choice.mode != ToolChoice::Mode::None) {
        json.boolean("disable_parallel_tool_use", true);
    }
    json.end_object();
}

}  // namespace

void write_tools(JsonWriter& json, const Conversation& conversation) {
    if (conversation.tools.empty()) {
        return;
    }
    wire::JsonParser parser;
    json.key("tools").begin_array();
    for (const ToolDefinition& tool : conversation.tools) {
        json.begin_object().text("name", tool.name);
        if (!tool.description.empty()) {
            json.text("description", tool.description);
        }
        json.raw("input_schema", input_schema(tool.parameters, parser));
        if (tool.strict.value_or(false)) {
            json.boolean("strict", true);
        }
        if (!tool.cache_control.empty()) {
            json.raw("cache_control", tool.cache_control);
        }
        json.end_object();
    }
    json.end_array();
    write_choice(json, conversation);
}

}  // namespace tierway::dialect::anthropic
