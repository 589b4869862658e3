#include "dialect/responses/response_object.hpp"

#include <algorithm>

#include "dialect/responses/one_line.hpp"
#include "tierway/dialect/error_body.hpp"
#include "tierway/dialect/seal.hpp"

namespace tierway::dialect::responses {
namespace {

std::string in_array(std::string_view inner) {
    return std::string("[").append(inner).append("]");
}

void write_usage(JsonWriter& json, const std::optional<TokenUsage>& usage) {
    if (!usage) {
        json.null("usage");
        return;
    }
    json.key("usage").begin_object().integer("input_tokens", usage->prompt);
    json.key("input_tokens_details").begin_object().integer("cached_tokens", usage->cached);
    json.integer("cache_write_tokens", usage->cache_write).end_object();
    json.integer("output_tokens", usage->completion);
    json.key("output_tokens_details").begin_object().integer("reasoning_tokens", usage->reasoning).end_object();
    json.integer("total_tokens", usage->prompt + usage->completion).end_object();
}

/// The API has few codes for a response that failed, and clients act on some that are refusals elsewhere: these pass.
std::string_view code_of(const Error& error) noexcept {
    constexpr unsigned kServerErrors = 500;
    return http_status(error) >= kServerErrors || error.code().empty() ? "server_error" : error.code();
}

void write_end(JsonWriter& json, const ResponseMembers& members) {
    if (members.error == nullptr) {
        json.null("error");
    } else {
        json.key("error").begin_object().text("code", code_of(*members.error));
        json.text("message", members.error->message()).end_object();
    }
    if (members.status == "incomplete") {
        const bool length = members.finish_reason == FinishReason::Length;
        json.key("incomplete_details").begin_object();
        json.text("reason", length ? "max_output_tokens" : "content_filter").end_object();
    } else {
        json.null("incomplete_details");
    }
}

}  // namespace

std::string text_part(std::string_view text, std::string_view tokens) {
    std::string part;
    JsonWriter json(part);
    json.begin_object().text("type", "output_text").key("annotations").begin_array().end_array();
    json.raw("logprobs", in_array(tokens)).text("text", text).end_object();
    return part;
}

std::string refusal_part(std::string_view text) {
    std::string part;
    JsonWriter(part).begin_object().text("type", "refusal").text("refusal", text).end_object();
    return part;
}

std::string summary_part(std::string_view text) {
    std::string part;
    JsonWriter(part).begin_object().text("type", "summary_text").text("text", text).end_object();
    return part;
}

std::string message_item(std::string_view id, std::string_view status, std::string_view parts) {
    std::string item;
    JsonWriter json(item);
    json.begin_object().text("id", id).text("type", "message").text("status", status);
    json.raw("content", in_array(parts)).text("role", "assistant").end_object();
    return item;
}

std::string reasoning_item(std::string_view id, std::string_view parts, std::string_view seal) {
    std::string item;
    JsonWriter json(item);
    json.begin_object().text("id", id).text("type", "reasoning").raw("summary", in_array(parts));
    if (!seal.empty()) {
        json.text("encrypted_content", seal);
    }
    json.end_object();
    return item;
}

const NamespacedTool* namespaced_tool(const Echo& echo, std::string_view flat) noexcept {
    const auto known = std::find_if(echo.namespaced.begin(), echo.namespaced.end(),
                                    [flat](const NamespacedTool& tool) { return tool.flat == flat; });
    return known == echo.namespaced.end() ? nullptr : &*known;
}

std::string call_item(std::string_view id, std::string_view status, const ToolCallPart& call, const Echo& echo) {
    const NamespacedTool* const tool = namespaced_tool(echo, call.name);
    std::string item;
    JsonWriter json(item);
    json.begin_object().text("id", id).text("type", call.custom ? "custom_tool_call" : "function_call").text("status", status);
    json.text(call.custom ? "input" : "arguments", call.arguments).text("call_id", call.id);
    json.text("name", tool == nullptr ? call.name : tool->name);
    if (tool != nullptr) {
        json.text("namespace", tool->name_space);
    }
    json.end_object();
    return item;
}

std::string sealed(const ReasoningPart& reasoning) {
    return tagged_seal(reasoning.origin, reasoning.hidden, reasoning.seal, Origin::OpenAi);
}

std::string sealed_signature(std::string_view signature) {
    return tagged_seal(Origin::Gemini, true, signature, Origin::OpenAi);
}

std::string_view whole_arguments(const ToolCallPart& call) noexcept {
    const bool blank = call.arguments.find_first_not_of(" \t\r\n") == std::string::npos;
    return blank && !call.custom ? std::string_view("{}") : std::string_view(call.arguments);
}

std::string tokens_of(std::string_view logprobs) {
    std::string array;
    append_one_line(array, logprobs);
    const bool is_array = array.size() >= 2 && array.front() == '[' && array.back() == ']';
    return is_array ? array.substr(1, array.size() - 2) : std::string();
}

std::string response_object(const ResponseMembers& members, const Echo& echo) {
    std::string object;
    object.reserve(echo.members.size() + members.output.size() + members.disclosure.size() + 1024);
    JsonWriter json(object);
    json.begin_object().text("id", members.id).text("object", "response").integer("created_at", members.created);
    json.text("status", members.status);
    write_end(json, members);
    json.text("model", members.model).raw("output", in_array(members.output));
    if (members.service_tier.empty()) {
        json.null("service_tier");
    } else {
        json.text("service_tier", members.service_tier);
    }
    write_usage(json, members.usage);
    object += echo.members;
    if (!members.disclosure.empty()) {
        json.raw("tierway", members.disclosure);
    }
    json.end_object();
    return object;
}

std::string_view status_of(FinishReason reason) noexcept {
    return reason == FinishReason::Length || reason == FinishReason::ContentFilter ? "incomplete" : "completed";
}

}  // namespace tierway::dialect::responses
