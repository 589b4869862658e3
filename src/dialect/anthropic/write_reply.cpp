#include "dialect/anthropic/reply_members.hpp"
#include "dialect/anthropic/stop_reason.hpp"
#include "dialect/call_arguments.hpp"
#include "tierway/base/json_writer.hpp"
#include "tierway/dialect/anthropic.hpp"
#include "tierway/dialect/seal.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect::anthropic {
namespace {

/// Writes the blocks of one choice and notes what they are.
class ContentWriter {
public:
    explicit ContentWriter(JsonWriter& json) noexcept : json_(json) {}

    AnswerContents contents;

    void write(const Part& part) {
        if (const auto* text = std::get_if<TextPart>(&part.value)) {
            write_text(text->text);
        } else if (const auto* refusal = std::get_if<RefusalPart>(&part.value)) {
            contents.refusal = true;
            write_text(refusal->text);
        } else if (const auto* reasoning = std::get_if<ReasoningPart>(&part.value)) {
            write_reasoning(*reasoning);
        } else if (const auto* call = std::get_if<ToolCallPart>(&part.value)) {
            contents.calls = true;
            if (!call->seal.empty()) {
                // The dialect has no place for it on the call: it stands before it, and `read_request` puts it back.
                ReasoningPart signature;
                signature.seal = call->seal;
                signature.hidden = true;
                signature.origin = Origin::Gemini;
                write_reasoning(signature);
            }
            json_.begin_object().text("type", "tool_use").text("id", call->id).text("name", call->name);
            json_.raw("input", arguments_object(*call, parser_, scratch_)).end_object();
        }
    }

private:
    /// Clients send the block back, and the API refuses empty ones.
    void write_text(std::string_view text) {
        if (!text.empty()) {
            json_.begin_object().text("type", "text").text("text", text).end_object();
        }
    }

    void write_reasoning(const ReasoningPart& reasoning) {
        const std::string seal = tagged_seal(reasoning.origin, reasoning.hidden, reasoning.seal, Origin::Anthropic);
        json_.begin_object();
        if (reasoning.hidden) {
            json_.text("type", "redacted_thinking").text("data", seal);
        } else {
            json_.text("type", "thinking").text("thinking", reasoning.text).text("signature", seal);
        }
        json_.end_object();
    }

    JsonWriter& json_;
    wire::JsonParser parser_;
    std::string scratch_;
};

}  // namespace

std::string write_reply(const Reply& reply, std::string_view model) {
    std::string body;
    JsonWriter json(body);
    json.begin_object().text("id", message_id(reply.id)).text("type", "message").text("role", "assistant").text("model", model);
    json.key("content").begin_array();
    ContentWriter content(json);
    const ReplyChoice none;
    const ReplyChoice& choice = reply.choices.empty() ? none : reply.choices.front();
    for (const Part& part : choice.parts) {
        content.write(part);
    }
    json.end_array();
    content.contents.stop_sequence = !choice.stop_sequence.empty();
    const std::string_view reason = stop_reason_for(choice.finish_reason, content.contents);
    json.text("stop_reason", reason);
    if (reason == "stop_sequence") {
        json.text("stop_sequence", choice.stop_sequence);
    } else {
        json.null("stop_sequence");
    }
    json.key("usage");
    write_usage(json, reply.usage.value_or(TokenUsage{}), reply.service_tier);
    json.end_object();
    return body;
}

}  // namespace tierway::dialect::anthropic
