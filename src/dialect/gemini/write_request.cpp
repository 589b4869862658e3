#include "dialect/gemini/content_writer.hpp"
#include "dialect/gemini/generation_config.hpp"
#include "dialect/request_loss.hpp"
#include "dialect/turn_layout.hpp"
#include "tierway/base/json_writer.hpp"
#include "tierway/dialect/gemini.hpp"

namespace tierway::dialect::gemini {
namespace {

constexpr std::int64_t kChoicesMax = 8;

void write_tool_choice(JsonWriter& json, const ToolChoice& choice) {
    if (choice.mode == ToolChoice::Mode::Unstated) {
        return;
    }
    json.key("toolConfig").begin_object().key("functionCallingConfig").begin_object();
    switch (choice.mode) {
        case ToolChoice::Mode::Unstated:
        case ToolChoice::Mode::Auto:
            json.text("mode", "AUTO");
            break;
        case ToolChoice::Mode::None:
            json.text("mode", "NONE");
            break;
        case ToolChoice::Mode::Required:
            json.text("mode", "ANY");
            break;
        case ToolChoice::Mode::Named:
            json.text("mode", "ANY").key("allowedFunctionNames").begin_array().text(choice.name).end_array();
            break;
    }
    json.end_object().end_object();
}

void write_tools(JsonWriter& json, const Conversation& conversation, Omissions& omissions) {
    if (conversation.tools.empty()) {
        return;
    }
    json.key("tools").begin_array().begin_object().key("functionDeclarations").begin_array();
    for (const ToolDefinition& tool : conversation.tools) {
        json.begin_object().text("name", tool.name);
        if (!tool.description.empty()) {
            json.text("description", tool.description);
        }
        if (!tool.parameters.empty()) {
            json.raw("parametersJsonSchema", tool.parameters);
        }
        json.end_object();
        if (tool.strict.value_or(false)) {
            omit(omissions, "strict");
        }
        if (!tool.cache_control.empty()) {
            omit(omissions, "cache_control");
        }
    }
    json.end_array().end_object().end_array();
    write_tool_choice(json, conversation.tool_choice);
}

}  // namespace

Result<std::string> write_request(const Conversation& conversation, const ModelRules& rules, Omissions& omissions) {
    if (auto expressible = check_expressible(conversation, kChoicesMax); !expressible) {
        return expressible.error();
    }
    const TurnLayout layout = lay_out(conversation, is_written, false);
    std::string body;
    JsonWriter json(body);
    ContentWriter contents(json, rules.adaptive_thinking, omissions);
    json.begin_object();
    if (!layout.instructions.empty()) {
        json.key("systemInstruction").begin_object().key("parts").begin_array();
        if (auto written = contents.write_parts(layout.instructions); !written) {
            return written.error();
        }
        json.end_array().end_object();
    }
    json.key("contents").begin_array();
    for (const LaidOutMessage& message : layout.messages) {
        if (auto written = contents.write_message(message); !written) {
            return written.error();
        }
    }
    json.end_array();
    write_tools(json, conversation, omissions);
    if (const std::string config = generation_config(conversation, rules, omissions); config != "{}") {
        json.raw("generationConfig", config);
    }
    json.end_object();
    if (!conversation.service_tier.empty() && conversation.service_tier != "auto" && conversation.service_tier != "default") {
        omit(omissions, "service_tier");
    }
    omit_openai_preferences(conversation, omissions);
    return body;
}

}  // namespace tierway::dialect::gemini
