#include <utility>

#include "dialect/answer_parts.hpp"
#include "dialect/anthropic/reply_members.hpp"
#include "dialect/anthropic/stop_reason.hpp"
#include "dialect/provider_words.hpp"
#include "tierway/dialect/anthropic.hpp"
#include "tierway/dialect/error_body.hpp"

namespace tierway::dialect::anthropic {
namespace {

ToolCallPart read_call(const wire::JsonValue& block) {
    ToolCallPart call;
    call.id = block.find("id").to_string();
    call.name = block.find("name").to_string();
    const wire::JsonValue input = block.find("input");
    call.arguments = input.is_object() ? std::string(input.raw()) : "{}";
    return call;
}

/// Blocks of the vendor's own tools, and those that are newer than this gateway, mean nothing here.
void read_block(const wire::JsonValue& block, std::vector<Part>& parts) {
    const wire::JsonValue type = block.find("type");
    if (type.string_is("text")) {
        parts.push_back({TextPart{block.find("text").to_string()}, {}});
    } else if (type.string_is("tool_use")) {
        parts.push_back({read_call(block), {}});
    } else if (type.string_is("thinking")) {
        ReasoningPart reasoning;
        reasoning.text = block.find("thinking").to_string();
        reasoning.seal = block.find("signature").to_string();
        reasoning.origin = Origin::Anthropic;
        parts.push_back({std::move(reasoning), {}});
    } else if (type.string_is("redacted_thinking")) {
        ReasoningPart reasoning;
        reasoning.seal = block.find("data").to_string();
        reasoning.hidden = true;
        reasoning.origin = Origin::Anthropic;
        parts.push_back({std::move(reasoning), {}});
    }
}

}  // namespace

Result<Reply> read_reply(const wire::JsonValue& body, std::string_view provider_name) {
    if (body.find("type").string_is("error") || holds_error(body)) {
        return error_from_provider(200, body, provider_name);
    }
    const wire::JsonValue content = body.find("content");
    if (!content.is_array()) {
        return malformed_answer(provider_name, "a message without `content`");
    }
    Reply reply;
    reply.id = body.find("id").to_string();
    reply.model = body.find("model").to_string();
    ReplyChoice choice;
    std::size_t calls = 0;
    for (const wire::JsonValue block : content) {
        read_block(block, choice.parts);
        calls += block.find("type").string_is("tool_use") ? 1 : 0;
        if (calls > kToolCallsMax) {
            return malformed_answer(provider_name, "more than " + std::to_string(kToolCallsMax) + " tool calls");
        }
    }
    choice.finish_reason = finish_reason_from(body.find("stop_reason"));
    choice.stop_sequence = body.find("stop_sequence").to_string();
    reply.choices.push_back(std::move(choice));
    const wire::JsonValue usage = body.find("usage");
    UsageCounts counts;
    counts.update(usage);
    reply.usage = counts.tokens();
    reply.service_tier = service_tier_of(usage);
    return reply;
}

}  // namespace tierway::dialect::anthropic
