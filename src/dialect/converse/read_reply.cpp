#include "dialect/answer_parts.hpp"
#include "dialect/converse/stop_reasons.hpp"
#include "dialect/provider_words.hpp"
#include "tierway/dialect/converse.hpp"
#include "tierway/dialect/error_body.hpp"
#include "tierway/dialect/provider_usage.hpp"

namespace tierway::dialect::converse {
namespace {

ReasoningPart read_reasoning(const wire::JsonValue& content) {
    ReasoningPart part;
    if (const wire::JsonValue redacted = content.find("redactedContent"); redacted.is_string()) {
        part.seal = redacted.to_string();
        part.hidden = true;
    } else {
        part.text = content.find("reasoningText").find("text").to_string();
        part.seal = content.find("reasoningText").find("signature").to_string();
    }
    // Of all models here only Claude's sign what they thought.
    part.origin = part.seal.empty() ? Origin::Unknown : Origin::Anthropic;
    return part;
}

ToolCallPart read_call(const wire::JsonValue& use) {
    ToolCallPart call;
    call.id = use.find("toolUseId").to_string();
    call.name = use.find("name").to_string();
    const wire::JsonValue input = use.find("input");
    call.arguments = input.exists() && !input.is_null() ? input.raw() : "{}";
    return call;
}

void read_block(const wire::JsonValue& block, std::vector<Part>& parts) {
    if (const wire::JsonValue text = block.find("text"); text.is_string()) {
        parts.push_back({TextPart{text.to_string()}, {}});
    } else if (const wire::JsonValue use = block.find("toolUse"); use.is_object()) {
        if (!use.find("type").string_is("server_tool_use")) {
            parts.push_back({read_call(use), {}});
        }
    } else if (const wire::JsonValue reasoning = block.find("reasoningContent"); reasoning.is_object()) {
        parts.push_back({read_reasoning(reasoning), {}});
    } else {
        for (const wire::JsonValue cited : block.find("citationsContent").find("content")) {
            parts.push_back({TextPart{cited.find("text").to_string()}, {}});
        }
    }
}

}  // namespace

Result<Reply> read_reply(const wire::JsonValue& body, std::string_view provider_name) {
    if (holds_error(body) || body.find("__type").is_string()) {
        return error_from_provider(200, body, provider_name);
    }
    const wire::JsonValue content = body.find("output").find("message").find("content");
    if (!content.is_array()) {
        return malformed_answer(provider_name, "no message");
    }
    const wire::JsonValue stop_reason = body.find("stopReason");
    const std::optional<FinishReason> reason = finish_reason_of(stop_reason);
    if (!reason) {
        return failed_answer(provider_name).with_detail("stop reason " + plain_text(stop_reason.to_string()));
    }
    Reply reply;
    ReplyChoice& choice = reply.choices.emplace_back();
    choice.finish_reason = *reason;
    std::size_t calls = 0;
    for (const wire::JsonValue block : content) {
        calls += block.find("toolUse").is_object() ? 1 : 0;
        if (calls > kToolCallsMax) {
            return malformed_answer(provider_name, "too many tool calls");
        }
        read_block(block, choice.parts);
    }
    reply.usage = read_converse_usage(body.find("usage"));
    reply.service_tier = body.find("serviceTier").find("type").to_string();
    return reply;
}

}  // namespace tierway::dialect::converse
