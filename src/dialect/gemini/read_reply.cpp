#include <algorithm>

#include "dialect/answer_parts.hpp"
#include "tierway/dialect/gemini.hpp"

namespace tierway::dialect::gemini {
namespace {

using Kind = ReplyEvent::Kind;

/// Puts the events of an answer that came whole together again.
class ReplyAssembler {
public:
    void add(ReplyEvent& event) {
        switch (event.kind) {
            case Kind::Begin:
                reply_.id = std::move(event.id);
                reply_.model = std::move(event.text);
                break;
            case Kind::Text:
                add_text(event);
                break;
            case Kind::Reasoning:
            case Kind::ReasoningSeal:
                add_reasoning(event);
                break;
            case Kind::ToolCall: {
                ToolCallPart& call = append<ToolCallPart>(event.choice);
                call.id = std::move(event.id);
                call.name = std::move(event.name);
                call.seal = std::move(event.seal);
                break;
            }
            case Kind::ToolArguments:
                if (auto* call = last<ToolCallPart>(event.choice)) {
                    call->arguments = std::move(event.text);
                }
                break;
            case Kind::Finish:
                choice_at(event.choice).finish_reason = event.finish_reason;
                break;
            case Kind::Usage:
                reply_.usage = event.usage;
                break;
            case Kind::Refusal:
            case Kind::End:
                break;
        }
    }
    Reply& reply() noexcept { return reply_; }

private:
    void add_text(ReplyEvent& event) {
        ReplyChoice& choice = choice_at(event.choice);
        if (!event.logprobs.empty()) {
            choice.logprobs = std::move(event.logprobs);
        }
        if (auto* text = last<TextPart>(event.choice)) {
            text->text += event.text;
        } else if (!event.text.empty()) {
            append<TextPart>(event.choice).text = std::move(event.text);
        }
    }
    void add_reasoning(ReplyEvent& event) {
        auto* open = last<ReasoningPart>(event.choice);
        const bool continues = open != nullptr && open->seal.empty() && !event.hidden;
        ReasoningPart& part = continues ? *open : append<ReasoningPart>(event.choice);
        part.origin = Origin::Gemini;
        part.hidden = event.hidden;
        (event.kind == Kind::Reasoning ? part.text : part.seal) += event.text;
    }
    template <class PartKind>
    PartKind* last(std::int64_t choice) {
        std::vector<Part>& parts = choice_at(choice).parts;
        return parts.empty() ? nullptr : std::get_if<PartKind>(&parts.back().value);
    }
    template <class PartKind>
    PartKind& append(std::int64_t choice) {
        Part& part = choice_at(choice).parts.emplace_back();
        return part.value.emplace<PartKind>();
    }
    /// Choices stand in the order in which they came.
    ReplyChoice& choice_at(std::int64_t index) {
        const auto known = std::find(indexes_.begin(), indexes_.end(), index);
        if (known == indexes_.end()) {
            indexes_.push_back(index);
            return reply_.choices.emplace_back();
        }
        return reply_.choices[static_cast<std::size_t>(known - indexes_.begin())];
    }

    Reply reply_;
    std::vector<std::int64_t> indexes_;
};

}  // namespace

Result<Reply> read_reply(const wire::JsonValue& body, std::string_view provider_name) {
    StreamReader reader;
    std::vector<ReplyEvent> events;
    if (auto read = reader.read({}, body, provider_name, events); !read) {
        return read.error();
    }
    ReplyAssembler assembler;
    for (ReplyEvent& event : events) {
        assembler.add(event);
    }
    Reply& reply = assembler.reply();
    const bool has_candidates = body.find("candidates").size() > 0 || body.at(0).find("candidates").size() > 0;
    if (reply.choices.empty() && !has_candidates) {
        return malformed_answer(provider_name, "no candidates");
    }
    if (reply.choices.empty()) {
        reply.choices.emplace_back();
    }
    return std::move(reply);
}

}  // namespace tierway::dialect::gemini
