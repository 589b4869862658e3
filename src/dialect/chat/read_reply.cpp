#include "dialect/answer_parts.hpp"
#include "dialect/chat/reasoning_details.hpp"
#include "dialect/chat/tool_calls.hpp"
#include "tierway/dialect/chat.hpp"

namespace tierway::dialect::chat {
namespace {

ReplyChoice read_choice(const wire::JsonValue& value) {
    ReplyChoice choice;
    const wire::JsonValue message = value.find("message");
    read_reasoning(message, choice.parts);
    std::string text;
    append_content(message.find("content"), text);
    if (!text.empty()) {
        choice.parts.push_back({TextPart{std::move(text)}, {}});
    }
    if (const wire::JsonValue refusal = message.find("refusal"); refusal.is_string()) {
        choice.parts.push_back({RefusalPart{refusal.to_string()}, {}});
    }
    for (const wire::JsonValue call : message.find("tool_calls")) {
        choice.parts.push_back({read_call(call), {}});
    }
    choice.finish_reason = finish_reason_of(value.find("finish_reason"));
    choice.stop_sequence = value.find("stop_reason").to_string();
    const wire::JsonValue logprobs = value.find("logprobs").find("content");
    choice.logprobs = logprobs.is_array() ? logprobs.raw() : std::string_view();
    return choice;
}

}  // namespace

Reply read_reply(const wire::JsonValue& body) {
    Reply reply;
    reply.id = body.find("id").to_string();
    reply.model = body.find("model").to_string();
    reply.created = body.find("created").integer().value_or(0);
    reply.usage = read_usage(body.find("usage"));
    reply.service_tier = body.find("service_tier").to_string();
    for (const wire::JsonValue choice : body.find("choices")) {
        reply.choices.push_back(read_choice(choice));
    }
    return reply;
}

}  // namespace tierway::dialect::chat
