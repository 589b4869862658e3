#include "dialect/chat/chunk_members.hpp"
#include "dialect/chat/reasoning_details.hpp"
#include "dialect/chat/tool_calls.hpp"
#include "tierway/dialect/chat.hpp"

namespace tierway::dialect::chat {
namespace {

void write_reasoning(JsonWriter& json, const std::vector<Part>& parts) {
    std::string text;
    bool any = false;
    for (const Part& part : parts) {
        if (const auto* reasoning = std::get_if<ReasoningPart>(&part.value)) {
            text += reasoning->text;
            any = true;
        }
    }
    if (!text.empty()) {
        json.text("reasoning_content", text);
    }
    if (any) {
        json.key("reasoning_details").begin_array();
        for (const Part& part : parts) {
            if (const auto* reasoning = std::get_if<ReasoningPart>(&part.value)) {
                write_detail(json, *reasoning);
            }
        }
        json.end_array();
    }
}

void write_calls(JsonWriter& json, const std::vector<Part>& parts) {
    bool any = false;
    for (const Part& part : parts) {
        const auto* call = std::get_if<ToolCallPart>(&part.value);
        if (call == nullptr) {
            continue;
        }
        if (!std::exchange(any, true)) {
            json.key("tool_calls").begin_array();
        }
        json.begin_object();
        write_call_members(json, *call);
        write_seal(json, call->seal);
        json.end_object();
    }
    if (any) {
        json.end_array();
    }
}

void write_message(JsonWriter& json, const ReplyChoice& choice) {
    std::string text;
    std::string refusal;
    bool has_text = false;
    for (const Part& part : choice.parts) {
        if (const auto* piece = std::get_if<TextPart>(&part.value)) {
            text += piece->text;
            has_text = true;
        } else if (const auto* refused = std::get_if<RefusalPart>(&part.value)) {
            refusal += refused->text;
        }
    }
    json.key("message").begin_object().text("role", "assistant");
    if (has_text) {
        json.text("content", text);
    } else {
        json.null("content");
    }
    if (refusal.empty()) {
        json.null("refusal");
    } else {
        json.text("refusal", refusal);
    }
    write_reasoning(json, choice.parts);
    write_calls(json, choice.parts);
    json.end_object();
}

}  // namespace

std::string write_reply(const Reply& reply) {
    std::string body;
    JsonWriter json(body);
    json.begin_object().text("id", reply.id).text("object", "chat.completion").integer("created", reply.created);
    json.text("model", reply.model).key("choices").begin_array();
    std::int64_t index = 0;
    for (const ReplyChoice& choice : reply.choices) {
        json.begin_object().integer("index", index);
        write_message(json, choice);
        if (choice.logprobs.empty()) {
            json.null("logprobs");
        } else {
            json.key("logprobs").begin_object().raw("content", choice.logprobs).null("refusal").end_object();
        }
        json.text("finish_reason", word_of(choice.finish_reason));
        if (!choice.stop_sequence.empty()) {
            json.text("stop_reason", choice.stop_sequence);
        }
        json.end_object();
        ++index;
    }
    json.end_array();
    if (reply.usage) {
        write_usage(json, *reply.usage);
    }
    if (!reply.service_tier.empty()) {
        json.text("service_tier", reply.service_tier);
    }
    json.end_object();
    return body;
}

}  // namespace tierway::dialect::chat
