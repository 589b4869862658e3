#include <utility>

#include "dialect/responses/item_ids.hpp"
#include "dialect/responses/response_object.hpp"

namespace tierway::dialect::responses {
namespace {

/// Makes the items of one choice.
class OutputWriter {
public:
    OutputWriter(std::string_view response_id, std::string_view status, const Echo& echo)
        : response_id_(response_id), status_(status), echo_(echo) {}

    /// \param tokens of the log-probabilities, for the first text. \param last no other part follows.
    void write(const Part& part, std::string_view tokens, bool last) {
        if (const auto* text = std::get_if<TextPart>(&part.value)) {
            add_content(text_part(text->text, tokens));
        } else if (const auto* refusal = std::get_if<RefusalPart>(&part.value)) {
            add_content(refusal_part(refusal->text));
        } else if (const auto* reasoning = std::get_if<ReasoningPart>(&part.value)) {
            write_reasoning(*reasoning);
        } else if (const auto* call = std::get_if<ToolCallPart>(&part.value)) {
            write_call(*call, last ? status_ : kCompleted);
        }
    }

    /// The items as JSON with commas between them.
    std::string finish() {
        close_message(status_);
        return std::move(output_);
    }

private:
    /// Of what something followed; only the last item may have been cut.
    static constexpr std::string_view kCompleted = "completed";

    void add_content(std::string_view part) {
        content_ += content_.empty() ? "" : ",";
        content_ += part;
    }

    void close_message(std::string_view status) {
        if (!content_.empty()) {
            add_item(message_item(next_id("msg"), status, content_));
            content_.clear();
        }
    }

    void write_reasoning(const ReasoningPart& reasoning) {
        close_message(kCompleted);
        const std::string parts = reasoning.text.empty() ? std::string() : summary_part(reasoning.text);
        add_item(reasoning_item(reasoning.id.empty() ? next_id("rs") : reasoning.id, parts, sealed(reasoning)));
    }

    void write_call(const ToolCallPart& call, std::string_view status) {
        close_message(kCompleted);
        if (!call.seal.empty()) {
            add_item(reasoning_item(next_id("rs"), {}, sealed_signature(call.seal)));
        }
        ToolCallPart whole = call;
        whole.arguments = whole_arguments(call);
        add_item(call_item(next_id(call.custom ? "ctc" : "fc"), status, whole, echo_));
    }

    [[nodiscard]] std::string next_id(std::string_view prefix) const { return made_item_id(prefix, response_id_, items_); }

    void add_item(std::string_view item) {
        output_ += output_.empty() ? "" : ",";
        output_ += item;
        ++items_;
    }

    std::string_view response_id_;
    std::string_view status_;
    const Echo& echo_;
    std::string output_;
    std::string content_;
    std::size_t items_ = 0;
};

}  // namespace

std::string write_reply(const Reply& reply, std::string_view id, std::string_view model, const Echo& echo) {
    const ReplyChoice none;
    const ReplyChoice& choice = reply.choices.empty() ? none : reply.choices.front();
    ResponseMembers members;
    members.status = status_of(choice.finish_reason);
    OutputWriter writer(id, members.status, echo);
    std::string tokens = tokens_of(choice.logprobs);
    for (const Part& part : choice.parts) {
        const bool text = std::holds_alternative<TextPart>(part.value);
        writer.write(part, text ? std::exchange(tokens, {}) : std::string(), &part == &choice.parts.back());
    }
    const std::string output = writer.finish();
    members.id = id;
    members.model = model;
    members.service_tier = reply.service_tier;
    members.created = reply.created;
    members.finish_reason = choice.finish_reason;
    members.output = output;
    members.usage = reply.usage;
    return response_object(members, echo);
}

}  // namespace tierway::dialect::responses
