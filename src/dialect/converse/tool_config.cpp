#include "dialect/converse/tool_config.hpp"

#include <set>
#include <string>

#include "dialect/request_loss.hpp"

namespace tierway::dialect::converse {
namespace {

constexpr std::string_view kNoParameters = R"({"type":"object","properties":{}})";

/// Of all calls and results in the history.
std::set<std::string> names_in_history(const Conversation& conversation) {
    std::set<std::string> names;
    for (const Turn& turn : conversation.turns) {
        for (const Part& part : turn.parts) {
            if (const auto* call = std::get_if<ToolCallPart>(&part.value)) {
                names.insert(call->name);
            } else if (const auto* result = std::get_if<ToolResultPart>(&part.value)) {
                names.insert(result->name.empty() ? "tool" : result->name);
            }
        }
    }
    return names;
}

void write_tool(JsonWriter& json, std::string_view name, const ToolDefinition& tool) {
    json.begin_object().key("toolSpec").begin_object().text("name", name);
    if (!tool.description.empty()) {
        json.text("description", tool.description);
    }
    json.key("inputSchema").begin_object();
    json.raw("json", tool.parameters.empty() ? kNoParameters : std::string_view(tool.parameters)).end_object();
    if (tool.strict.value_or(false)) {
        json.boolean("strict", true);
    }
    json.end_object().end_object();
}

void write_choice(JsonWriter& json, const ToolChoice& choice, Omissions& omissions) {
    switch (choice.mode) {
        case ToolChoice::Mode::Unstated:
            break;
        case ToolChoice::Mode::None:
            omit(omissions, "tool_choice");
            break;
        case ToolChoice::Mode::Auto:
            json.key("toolChoice").begin_object().raw("auto", "{}").end_object();
            break;
        case ToolChoice::Mode::Required:
            json.key("toolChoice").begin_object().raw("any", "{}").end_object();
            break;
        case ToolChoice::Mode::Named:
            json.key("toolChoice").begin_object().key("tool").begin_object().text("name", choice.name).end_object().end_object();
            break;
    }
}

}  // namespace

void write_tool_config(JsonWriter& json, BlockWriter& blocks, const Conversation& conversation, Omissions& omissions) {
    const std::set<std::string> names = names_in_history(conversation);
    const bool may_call = !conversation.tools.empty() && conversation.tool_choice.mode != ToolChoice::Mode::None;
    if (!may_call && names.empty()) {
        return;
    }
    json.key("toolConfig").begin_object().key("tools").begin_array();
    for (const ToolDefinition& tool : conversation.tools) {
        write_tool(json, tool.name, tool);
        blocks.write_cache_point(tool.cache_control);
    }
    if (conversation.tools.empty()) {
        for (const std::string& name : names) {
            write_tool(json, name, {});
        }
    }
    json.end_array();
    if (!conversation.tools.empty()) {
        write_choice(json, conversation.tool_choice, omissions);
    }
    json.end_object();
}

}  // namespace tierway::dialect::converse
