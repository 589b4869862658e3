#include "dialect/chat/tool_calls.hpp"

#include "dialect/answer_parts.hpp"

namespace tierway::dialect::chat {

ToolCallPart read_call(const wire::JsonValue& call) {
    const ToolCallParts members = tool_call_parts(call);
    ToolCallPart part;
    part.id = call.find("id").to_string();
    part.name = members.name.to_string();
    append_arguments(members.arguments, part.arguments);
    part.custom = call.find("custom").is_object();
    part.seal = seal_of(call);
    return part;
}

std::string seal_of(const wire::JsonValue& call) {
    return call.find("extra_content").find("google").find("thought_signature").to_string();
}

void write_seal(JsonWriter& json, const std::string& seal) {
    if (!seal.empty()) {
        json.key("extra_content").begin_object().key("google").begin_object();
        json.text("thought_signature", seal).end_object().end_object();
    }
}

void write_call_members(JsonWriter& json, const ToolCallPart& call) {
    const std::string_view kind = call.custom ? "custom" : "function";
    json.text("id", call.id).text("type", kind).key(kind).begin_object().text("name", call.name);
    json.text(call.custom ? "input" : "arguments", call.arguments).end_object();
}

}  // namespace tierway::dialect::chat
