#include <utility>

#include "dialect/answer_parts.hpp"
#include "dialect/responses/output_items.hpp"
#include "tierway/dialect/provider_usage.hpp"
#include "tierway/dialect/responses.hpp"

namespace tierway::dialect::responses {
namespace {

void read_message(const wire::JsonValue& item, ReplyChoice& choice, std::string& tokens) {
    for (const wire::JsonValue part : item.find("content")) {
        const wire::JsonValue type = part.find("type");
        if (type.string_is("output_text")) {
            choice.parts.push_back({TextPart{part.find("text").to_string()}, {}});
            append_tokens(part.find("logprobs"), tokens);
        } else if (type.string_is("refusal")) {
            choice.parts.push_back({RefusalPart{part.find("refusal").to_string()}, {}});
        }
    }
}

ReasoningPart read_reasoning(const wire::JsonValue& item) {
    ReasoningPart part;
    part.text = reasoning_text(item);
    part.seal = item.find("encrypted_content").to_string();
    part.origin = Origin::OpenAi;
    part.id = item.find("id").to_string();
    return part;
}

}  // namespace

Result<Reply> read_reply(const wire::JsonValue& body, std::string_view provider_name) {
    if (!body.is_object()) {
        return malformed_answer(provider_name, "it is no JSON object");
    }
    if (is_failed(body)) {
        return failure_of(body, provider_name);
    }
    const wire::JsonValue output = body.find("output");
    if (!output.is_array()) {
        return malformed_answer(provider_name, "it has no 'output'");
    }
    const wire::JsonValue status = body.find("status");
    if (status.string_is("in_progress") || status.string_is("queued")) {
        return malformed_answer(provider_name, "it is not finished");
    }
    ReplyChoice choice;
    std::string tokens;
    std::size_t calls = 0;
    for (const wire::JsonValue item : output) {
        const wire::JsonValue type = item.find("type");
        if (type.string_is("message")) {
            read_message(item, choice, tokens);
        } else if (type.string_is("reasoning")) {
            if (ReasoningPart part = read_reasoning(item); !part.text.empty() || !part.seal.empty()) {
                choice.parts.push_back({std::move(part), {}});
            }
        } else if (is_call(item)) {
            if (++calls > kToolCallsMax) {
                return malformed_answer(provider_name, "it calls more tools than any API allows");
            }
            choice.parts.push_back({read_call(item), {}});
        }
    }
    choice.finish_reason = finish_reason_of(body, calls > 0);
    if (!tokens.empty()) {
        choice.logprobs.append("[").append(tokens).append("]");
    }
    Reply reply;
    reply.id = body.find("id").to_string();
    reply.model = body.find("model").to_string();
    reply.created = created_of(body);
    reply.usage = read_responses_usage(body.find("usage"));
    reply.service_tier = body.find("service_tier").to_string();
    reply.choices.push_back(std::move(choice));
    return reply;
}

}  // namespace tierway::dialect::responses
