#include "dialect/openai_members.hpp"

#include <algorithm>

namespace tierway::dialect {

std::string_view choice_word(ToolChoice::Mode mode) noexcept {
    switch (mode) {
        case ToolChoice::Mode::Auto:
            return "auto";
        case ToolChoice::Mode::None:
            return "none";
        case ToolChoice::Mode::Required:
            return "required";
        case ToolChoice::Mode::Unstated:
        case ToolChoice::Mode::Named:
            break;
    }
    return {};
}

std::string_view kind_of_named_tool(const Conversation& conversation) noexcept {
    const std::string& name = conversation.tool_choice.name;
    const bool custom = std::any_of(conversation.tools.begin(), conversation.tools.end(),
                                    [&name](const ToolDefinition& tool) { return tool.custom && tool.name == name; });
    return custom ? "custom" : "function";
}

void write_schema_members(JsonWriter& json, const OutputFormat& format) {
    json.text("name", format.name);
    if (!format.description.empty()) {
        json.text("description", format.description);
    }
    json.raw("schema", format.schema);
    if (format.strict) {
        json.boolean("strict", *format.strict);
    }
}

}  // namespace tierway::dialect
