#include "dialect/chat/reasoning_details.hpp"

#include <string_view>

#include "dialect/answer_parts.hpp"
#include "tierway/dialect/seal.hpp"

namespace tierway::dialect::chat {
namespace {

/// A format is the family's name and, with other gateways, a version behind it: "anthropic-claude-v1", "openai-responses-v1".
Origin origin_of(const wire::JsonValue& format) {
    std::string scratch;
    const std::string_view name = format.string(scratch);
    if (name.starts_with("google-gemini")) {
        return Origin::Gemini;
    }
    return origin_named(name.substr(0, name.find('-')));
}

bool read_detail(const wire::JsonValue& detail, ReasoningPart& part) {
    const wire::JsonValue type = detail.find("type");
    part.origin = origin_of(detail.find("format"));
    part.id = detail.find("id").to_string();
    if (type.string_is("reasoning.encrypted")) {
        part.seal = detail.find("data").to_string();
        part.text = detail.find("summary").to_string();
        part.hidden = part.text.empty();
        return !part.seal.empty();
    }
    if (type.string_is("reasoning.text") || type.string_is("reasoning.summary")) {
        part.text = detail.find(type.string_is("reasoning.text") ? "text" : "summary").to_string();
        part.seal = detail.find("signature").to_string();
        return !part.text.empty() || !part.seal.empty();
    }
    return false;
}

/// Mistral's form of thought: parts of the content, beside those of the answer (WIRE.md section 5.4).
void read_thinking_parts(const wire::JsonValue& content, std::vector<Part>& parts) {
    if (!content.is_array()) {
        return;
    }
    for (const wire::JsonValue item : content) {
        if (!item.find("type").string_is("thinking")) {
            continue;
        }
        ReasoningPart part;
        append_content(item.find("thinking"), part.text);
        if (!part.text.empty()) {
            parts.push_back({std::move(part), {}});
        }
    }
}

}  // namespace

void read_reasoning(const wire::JsonValue& message, std::vector<Part>& parts) {
    const std::size_t before = parts.size();
    for (const wire::JsonValue detail : message.find("reasoning_details")) {
        ReasoningPart part;
        if (read_detail(detail, part)) {
            parts.push_back({std::move(part), {}});
        }
    }
    if (parts.size() == before) {
        read_thinking_parts(message.find("content"), parts);
    }
    if (parts.size() > before) {
        return;
    }
    for (const std::string_view name : {"reasoning_content", "reasoning"}) {
        const wire::JsonValue text = message.find(name);
        if (text.is_string() && !text.string_is("")) {
            ReasoningPart part;
            part.text = text.to_string();
            part.origin = name == "reasoning_content" ? Origin::DeepSeek : Origin::Unknown;
            parts.push_back({std::move(part), {}});
            return;
        }
    }
}

void write_detail(JsonWriter& json, const ReasoningPart& part) {
    const bool encrypted = part.hidden || (part.origin == Origin::OpenAi && !part.seal.empty());
    json.begin_object().text("type", encrypted ? "reasoning.encrypted" : "reasoning.text");
    if (encrypted) {
        json.text("data", part.seal);
        if (!part.text.empty()) {
            json.text("summary", part.text);
        }
    } else {
        json.text("text", part.text);
        if (!part.seal.empty()) {
            json.text("signature", part.seal);
        }
    }
    if (!part.id.empty()) {
        json.text("id", part.id);
    }
    if (part.origin != Origin::Unknown) {
        json.text("format", name_of(part.origin));
    }
    json.end_object();
}

}  // namespace tierway::dialect::chat
