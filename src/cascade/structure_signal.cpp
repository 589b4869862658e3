#include "cascade/limits.hpp"
#include "cascade/text_cut.hpp"
#include "tierway/cascade/json_schema.hpp"
#include "tierway/cascade/signals.hpp"

namespace tierway::cascade {
namespace {

using wire::JsonValue;

constexpr std::size_t kToolNameBytesMax = 64;

Signal verdict(std::optional<std::string> fault, std::string_view when_good) {
    Signal signal{SignalKind::Structure, 1.0, false, std::string(when_good)};
    if (fault) {
        signal.score = 0.0;
        signal.fatal = true;
        signal.reason = cut_utf8(*fault, kReasonBytesMax);
    }
    return signal;
}

/// Strict: a client that asked for JSON parses the whole content, so fences or prose around it break the client.
std::optional<std::string> content_fault(const std::string& content, const Expectation& expected) {
    wire::JsonParser parser;
    const auto parsed = parser.parse(content);
    if (!parsed) {
        return "the content is not valid JSON";
    }
    if (!expected.json_schema.exists()) {
        return parsed->is_object() ? std::nullopt : std::optional<std::string>("the content is JSON but not an object");
    }
    auto fault = schema_violation(*parsed, expected.json_schema);
    return fault ? std::optional("the content breaks the schema: " + *fault) : std::nullopt;
}

struct OfferedTool {
    bool found = false;
    bool has_arguments = false;  ///< A function: its arguments are JSON. A custom tool takes free text.
    JsonValue parameters;
};

OfferedTool offered_tool(const JsonValue& tools, std::string_view name) {
    for (const JsonValue tool : tools) {
        // Entries of the older `functions` list, and of other dialects, are the function itself.
        const JsonValue nested = tool.find("function");
        const JsonValue type = tool.find("type");
        const JsonValue function = nested.exists() || (type.exists() && !type.string_is("function")) ? nested : tool;
        if (function.find("name").string_is(name)) {
            return {true, true, function.find("parameters")};
        }
        // Some providers' own tools carry their name beside their type instead of inside an object.
        if (tool.find("custom").find("name").string_is(name) || tool.find("name").string_is(name)) {
            return {true, false, {}};
        }
    }
    return {};
}

std::optional<std::string> tool_call_fault(const dialect::ToolCall& call, const JsonValue& tools) {
    const OfferedTool tool = offered_tool(tools, call.name);
    if (!tool.found) {
        // The name is the model's invention, and so a part of its answer: it is not quoted.
        return "calls a tool that was not offered";
    }
    if (!tool.has_arguments) {
        return std::nullopt;
    }
    const auto name_fault = [&](std::string_view fault) {
        return "arguments of `" + std::string(cut_utf8(call.name, kToolNameBytesMax)) + "` " + std::string(fault);
    };
    wire::JsonParser parser;
    const auto arguments = parser.parse(call.arguments);
    if (!arguments) {
        return name_fault("are not valid JSON");
    }
    if (!arguments->is_object()) {
        return name_fault("are not an object");
    }
    const auto fault = schema_violation(*arguments, tool.parameters);
    return fault ? std::optional(name_fault("break its schema: " + *fault)) : std::nullopt;
}

}  // namespace

std::optional<Signal> structure_signal(const dialect::AnswerChoice& choice, const Expectation& expected) {
    if (!choice.tool_calls.empty()) {
        // Text beside tool calls is commentary: the format that was asked for is the final answer's.
        std::optional<std::string> fault;
        for (const dialect::ToolCall& call : choice.tool_calls) {
            fault = tool_call_fault(call, expected.tools);
            if (fault) {
                break;
            }
        }
        return verdict(std::move(fault), "every tool call fits its schema");
    }
    const bool json_asked = expected.json_schema.exists() || expected.json_object;
    if (!json_asked || !choice.refusal.empty() || is_blank(choice.content)) {
        return std::nullopt;
    }
    return verdict(content_fault(choice.content, expected),
                   expected.json_schema.exists() ? "the content satisfies the schema" : "the content is a JSON object");
}

}  // namespace tierway::cascade
