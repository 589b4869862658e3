#include <algorithm>

#include "dialect/answer_parts.hpp"
#include "dialect/chat/reasoning_details.hpp"
#include "dialect/chat/tool_calls.hpp"
#include "tierway/dialect/chat.hpp"

namespace tierway::dialect::chat {
namespace {

/// A thought that is told once more is shorter.
constexpr std::size_t kThoughtBytesMax = std::size_t{1} << 20U;

ReplyEvent event_of(ReplyEvent::Kind kind, std::int64_t choice) {
    ReplyEvent event;
    event.kind = kind;
    event.choice = choice;
    return event;
}

void add_text(ReplyEvent::Kind kind, std::int64_t choice, std::string text, std::vector<ReplyEvent>& events) {
    if (!text.empty()) {
        events.push_back(event_of(kind, choice));
        events.back().text = std::move(text);
    }
}

}  // namespace

void StreamReader::read(const wire::JsonValue& chunk, std::vector<ReplyEvent>& events) {
    if (!begun_) {
        begun_ = true;
        ReplyEvent& begin = events.emplace_back(event_of(ReplyEvent::Kind::Begin, 0));
        begin.id = chunk.find("id").to_string();
        begin.text = chunk.find("model").to_string();
        begin.created = chunk.find("created").integer().value_or(0);
        begin.service_tier = chunk.find("service_tier").to_string();
    }
    for (const wire::JsonValue choice : chunk.find("choices")) {
        read_choice(choice, events);
    }
    if (auto usage = read_usage(chunk.find("usage"))) {
        ReplyEvent& told = events.emplace_back(event_of(ReplyEvent::Kind::Usage, 0));
        told.usage = usage;
        told.service_tier = chunk.find("service_tier").to_string();
    }
}

void StreamReader::read_reasoning_pieces(const wire::JsonValue& delta, std::int64_t choice, std::vector<ReplyEvent>& events) {
    std::vector<Part> parts;
    read_reasoning(delta, parts);
    for (Part& part : parts) {
        auto& reasoning = std::get<ReasoningPart>(part.value);
        // With its seal a thought may be told once more as a whole.
        if (reasoning.seal.empty() || reasoning.text != thought_) {
            if (thought_.size() < kThoughtBytesMax) {
                thought_ += reasoning.text;
            }
            add_text(ReplyEvent::Kind::Reasoning, choice, std::move(reasoning.text), events);
        }
        if (!reasoning.seal.empty()) {
            thought_.clear();
            ReplyEvent& seal = events.emplace_back(event_of(ReplyEvent::Kind::ReasoningSeal, choice));
            seal.text = std::move(reasoning.seal);
            seal.id = std::move(reasoning.id);
            seal.origin = reasoning.origin;
            seal.hidden = reasoning.hidden;
        }
    }
}

void StreamReader::read_choice(const wire::JsonValue& value, std::vector<ReplyEvent>& events) {
    const std::int64_t choice = value.find("index").integer().value_or(0);
    const wire::JsonValue delta = value.find("delta");
    read_reasoning_pieces(delta, choice, events);
    std::string text;
    append_content(delta.find("content"), text);
    const std::size_t before = events.size();
    add_text(ReplyEvent::Kind::Text, choice, std::move(text), events);
    const wire::JsonValue logprobs = value.find("logprobs").find("content");
    if (events.size() > before && logprobs.is_array()) {
        events.back().logprobs = logprobs.raw();
    }
    add_text(ReplyEvent::Kind::Refusal, choice, delta.find("refusal").to_string(), events);
    for (const wire::JsonValue call : delta.find("tool_calls")) {
        read_call(choice, call, events);
    }
    if (const FinishReason reason = finish_reason_of(value.find("finish_reason")); reason != FinishReason::None) {
        ReplyEvent& finish = events.emplace_back(event_of(ReplyEvent::Kind::Finish, choice));
        finish.finish_reason = reason;
        finish.stop_sequence = value.find("stop_reason").to_string();
    }
}

void StreamReader::read_call(std::int64_t choice, const wire::JsonValue& call, std::vector<ReplyEvent>& events) {
    const std::optional<std::int64_t> index = call.find("index").integer();
    const std::string id = call.find("id").to_string();
    // Some servers state no index, others give every parallel call the same one: an id that is new tells them apart.
    auto slot = std::find_if(calls_.rbegin(), calls_.rend(), [&](const Call& known) {
        return known.choice == choice && (!index || known.index == index) && (id.empty() || known.id == id);
    });
    std::int64_t position = 0;
    const ToolCallParts parts = tool_call_parts(call);
    if (slot == calls_.rend()) {
        position = std::count_if(calls_.begin(), calls_.end(), [choice](const Call& known) { return known.choice == choice; });
        calls_.push_back({choice, index, id, position});
        ReplyEvent& begin = events.emplace_back(event_of(ReplyEvent::Kind::ToolCall, choice));
        begin.tool = position;
        begin.id = id;
        begin.name = parts.name.to_string();
        begin.custom = call.find("custom").is_object();
        begin.seal = seal_of(call);
    } else {
        position = slot->position;
    }
    std::string piece;
    append_arguments(parts.arguments, piece);
    add_text(ReplyEvent::Kind::ToolArguments, choice, std::move(piece), events);
    if (!events.empty() && events.back().kind == ReplyEvent::Kind::ToolArguments) {
        events.back().tool = position;
    }
}

}  // namespace tierway::dialect::chat
