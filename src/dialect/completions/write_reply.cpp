#include "dialect/chat/chunk_members.hpp"
#include "dialect/completions/completion_members.hpp"
#include "tierway/base/json_writer.hpp"
#include "tierway/dialect/completions.hpp"

namespace tierway::dialect::completions {
namespace {

std::string text_of(const ReplyChoice& choice) {
    std::string text;
    for (const Part& part : choice.parts) {
        if (const auto* said = std::get_if<TextPart>(&part.value)) {
            text += said->text;
        } else if (const auto* refusal = std::get_if<RefusalPart>(&part.value)) {
            text += refusal->text;
        }
    }
    return text;
}

}  // namespace

std::string write_reply(const Reply& reply, std::string_view id, std::string_view model) {
    std::string body;
    JsonWriter json(body);
    begin_completion(json, id, reply.created, model);
    std::int64_t index = 0;
    for (const ReplyChoice& choice : reply.choices) {
        json.begin_object().text("text", text_of(choice)).integer("index", index++).null("logprobs");
        json.text("finish_reason", reason_of(choice.finish_reason)).end_object();
    }
    json.end_array();
    if (reply.usage) {
        chat::write_usage(json, *reply.usage);
    }
    json.end_object();
    return body;
}

}  // namespace tierway::dialect::completions
