#include <utility>

#include "dialect/chat/chunk_members.hpp"
#include "dialect/chat/reasoning_details.hpp"
#include "dialect/chat/tool_calls.hpp"
#include "tierway/dialect/chat.hpp"

namespace tierway::dialect::chat {
namespace {

/// A longer thought is not told once more with its seal.
constexpr std::size_t kThoughtBytesMax = std::size_t{1} << 20U;

void write_tool_call(JsonWriter& json, const ReplyEvent& event) {
    ToolCallPart call;
    call.id = event.id;
    call.name = event.name;
    call.custom = event.custom;
    json.key("tool_calls").begin_array().begin_object().integer("index", event.tool);
    write_call_members(json, call);
    write_seal(json, event.seal);
    json.end_object().end_array();
}

void write_arguments(JsonWriter& json, const ReplyEvent& event, bool custom) {
    json.key("tool_calls").begin_array().begin_object().integer("index", event.tool);
    json.key(custom ? "custom" : "function").begin_object().text(custom ? "input" : "arguments", event.text).end_object();
    json.end_object().end_array();
}

/// \param text what the seal is of: a client may keep this element alone.
void write_reasoning_seal(JsonWriter& json, const ReplyEvent& event, std::string text) {
    ReasoningPart part;
    part.text = std::move(text);
    part.seal = event.text;
    part.id = event.id;
    part.origin = event.origin;
    part.hidden = event.hidden;
    json.key("reasoning_details").begin_array();
    write_detail(json, part);
    json.end_array();
}

}  // namespace

void StreamWriter::write_delta(JsonWriter& json, const ReplyEvent& event) {
    switch (event.kind) {
        case ReplyEvent::Kind::Begin:
            json.text("role", "assistant").text("content", "");
            break;
        case ReplyEvent::Kind::Text:
            json.text("content", event.text);
            break;
        case ReplyEvent::Kind::Refusal:
            json.text("refusal", event.text);
            break;
        case ReplyEvent::Kind::Reasoning:
            if (thought_.size() < kThoughtBytesMax) {
                thought_ += event.text;
            }
            json.text("reasoning_content", event.text);
            break;
        case ReplyEvent::Kind::ReasoningSeal:
            write_reasoning_seal(json, event, std::exchange(thought_, {}));
            break;
        case ReplyEvent::Kind::ToolCall:
            custom_ = event.custom;
            write_tool_call(json, event);
            break;
        case ReplyEvent::Kind::ToolArguments:
            write_arguments(json, event, custom_);
            break;
        case ReplyEvent::Kind::Finish:
        case ReplyEvent::Kind::Usage:
        case ReplyEvent::Kind::End:
            break;
    }
}

bool StreamWriter::write(const ReplyEvent& event, std::string& chunk) {
    if (event.kind == ReplyEvent::Kind::End) {
        return false;
    }
    if (event.kind == ReplyEvent::Kind::Begin) {
        id_ = event.id;
        model_ = event.text;
        created_ = event.created;
    }
    if (!event.service_tier.empty()) {
        service_tier_ = event.service_tier;
    }
    chunk.clear();
    JsonWriter json(chunk);
    json.begin_object().text("id", id_).text("object", "chat.completion.chunk").integer("created", created_).text("model", model_);
    if (!service_tier_.empty()) {
        json.text("service_tier", service_tier_);
    }
    json.key("choices").begin_array();
    if (event.kind == ReplyEvent::Kind::Usage) {
        json.end_array();
        write_usage(json, event.usage.value_or(TokenUsage{}));
        json.end_object();
        return true;
    }
    json.begin_object().integer("index", event.choice).key("delta").begin_object();
    write_delta(json, event);
    json.end_object();
    if (!event.logprobs.empty()) {
        json.key("logprobs").begin_object().raw("content", event.logprobs).null("refusal").end_object();
    }
    if (event.kind == ReplyEvent::Kind::Finish) {
        json.text("finish_reason", word_of(event.finish_reason));
        if (!event.stop_sequence.empty()) {
            json.text("stop_reason", event.stop_sequence);
        }
    } else {
        json.null("finish_reason");
    }
    json.end_object().end_array().end_object();
    return true;
}

}  // namespace tierway::dialect::chat
