#include <algorithm>
#include <array>
#include <utility>

#include "dialect/answer_parts.hpp"
#include "dialect/provider_words.hpp"
#include "dialect/responses/output_items.hpp"
#include "tierway/dialect/error_body.hpp"
#include "tierway/dialect/provider_usage.hpp"
#include "tierway/dialect/responses.hpp"

namespace tierway::dialect::responses {
namespace {

using Kind = ReplyEvent::Kind;

constexpr std::int64_t kItemsMax = 1024;
constexpr std::int64_t kPartsMax = 256;

/// An event with a piece of an item's text, or with all of it.
struct TextEvent {
    std::string_view type;
    Kind kind;
    std::string_view text;   ///< The member that holds it.
    std::string_view index;  ///< The member that counts the parts.
    bool whole;
};
constexpr std::array kTextEvents = {
    TextEvent{"response.output_text.delta", Kind::Text, "delta", "content_index", false},
    TextEvent{"response.output_text.done", Kind::Text, "text", "content_index", true},
    TextEvent{"response.refusal.delta", Kind::Refusal, "delta", "content_index", false},
    TextEvent{"response.refusal.done", Kind::Refusal, "refusal", "content_index", true},
    TextEvent{"response.reasoning_summary_text.delta", Kind::Reasoning, "delta", "summary_index", false},
    TextEvent{"response.reasoning_summary_text.done", Kind::Reasoning, "text", "summary_index", true},
    TextEvent{"response.reasoning_text.delta", Kind::Reasoning, "delta", "content_index", false},
    TextEvent{"response.reasoning_text.done", Kind::Reasoning, "text", "content_index", true},
    TextEvent{"response.function_call_arguments.delta", Kind::ToolArguments, "delta", "", false},
    TextEvent{"response.function_call_arguments.done", Kind::ToolArguments, "arguments", "", true},
    TextEvent{"response.custom_tool_call_input.delta", Kind::ToolArguments, "delta", "", false},
    TextEvent{"response.custom_tool_call_input.done", Kind::ToolArguments, "input", "", true},
};

/// What of a text is news when `told` of its bytes were told. \param whole the text is all there is, not the next piece.
std::string_view take_news(std::string_view text, bool whole, std::size_t& told) {
    if (!whole) {
        told += text.size();
        return text;
    }
    std::size_t known = std::min(told, text.size());
    // Where the two are not the same text after all, not in the middle of a character.
    while (known < text.size() && (static_cast<unsigned char>(text[known]) & 0xC0U) == 0x80U) {
        ++known;
    }
    told = std::max(told, text.size());
    return text.substr(known);
}

ReplyEvent text_event(Kind kind, std::string_view text) {
    ReplyEvent event;
    event.kind = kind;
    event.text = text;
    return event;
}

}  // namespace

/// Tells texts of one item and remembers how much of each it has told.
class StreamReader::ItemTexts {
public:
    ItemTexts(ItemState& state, Events& events) : state_(state), events_(events) {}

    void tell_arguments(std::string_view text, bool whole) {
        // A call whose beginning is not known yet is told when it is done.
        if (state_.tool < 0) {
            return;
        }
        const std::string_view news = take_news(text, whole, state_.told_argument_bytes);
        if (!news.empty()) {
            events_.push_back(text_event(Kind::ToolArguments, news));
            events_.back().tool = state_.tool;
        }
    }

    void tell_said(Kind kind, std::int64_t index, std::string_view text, bool whole, const wire::JsonValue& logprobs) {
        PartState* const part = part_of(index, false);
        if (part == nullptr) {
            return;
        }
        const bool first = part->told_bytes == 0;
        const std::string_view news = take_news(text, whole, part->told_bytes);
        std::string tokens;
        if (kind == Kind::Text && (!whole || (first && !news.empty()))) {
            append_tokens(logprobs, tokens);
        }
        if (news.empty() && tokens.empty()) {
            return;
        }
        events_.push_back(text_event(kind, news));
        if (!tokens.empty()) {
            events_.back().logprobs.append("[").append(tokens).append("]");
        }
    }

    void tell_thought(bool summary, std::int64_t index, std::string_view text, bool whole, const wire::JsonValue& id) {
        PartState* const part = part_of(index, summary);
        if (part == nullptr) {
            return;
        }
        const bool begins = part->told_bytes == 0;
        const std::string_view news = take_news(text, whole, part->told_bytes);
        if (news.empty()) {
            return;
        }
        events_.push_back(text_event(Kind::Reasoning, begins && state_.told_reasoning ? kBetweenThoughts : std::string_view()));
        events_.back().text += news;
        if (!state_.told_reasoning) {
            events_.back().id = id.to_string();
        }
        state_.told_reasoning = true;
    }

    void tell_message(const wire::JsonValue& item) {
        std::int64_t index = 0;
        std::string scratch;
        for (const wire::JsonValue part : item.find("content")) {
            if (part.find("type").string_is("refusal")) {
                tell_said(Kind::Refusal, index, part.find("refusal").string(scratch), true, {});
            } else if (part.find("type").string_is("output_text")) {
                tell_said(Kind::Text, index, part.find("text").string(scratch), true, part.find("logprobs"));
            }
            ++index;
        }
    }

    void tell_reasoning(const wire::JsonValue& item) {
        const wire::JsonValue id = item.find("id");
        std::string scratch;
        for (const bool summary : {true, false}) {
            std::int64_t index = 0;
            for (const wire::JsonValue part : item.find(summary ? "summary" : "content")) {
                tell_thought(summary, index++, part.find("text").string(scratch), true, id);
            }
        }
        const std::string_view seal = item.find("encrypted_content").string(scratch);
        if (seal.empty() && !state_.told_reasoning) {
            return;
        }
        events_.push_back(text_event(Kind::ReasoningSeal, seal));
        events_.back().origin = Origin::OpenAi;
        events_.back().id = id.to_string();
    }

private:
    /// Null beyond the bound.
    PartState* part_of(std::int64_t index, bool summary) {
        if (index < 0 || index >= kPartsMax) {
            return nullptr;
        }
        const auto found = std::find_if(state_.parts.begin(), state_.parts.end(), [index, summary](const PartState& part) {
            return part.index == index && part.summary == summary;
        });
        return found != state_.parts.end() ? &*found : &state_.parts.emplace_back(PartState{index, summary, 0});
    }

    ItemState& state_;
    Events& events_;
};

/// The item that an event is about. Without an index it is the newest.
Result<StreamReader::ItemState*> StreamReader::item_of(const wire::JsonValue& data, std::string_view provider_name) {
    const std::int64_t newest = items_.empty() ? 0 : items_.back().index;
    const wire::JsonValue stated = data.find("output_index");
    const std::int64_t index = stated.integer().value_or(stated.exists() ? -1 : newest);
    if (index < 0 || index >= kItemsMax) {
        return malformed_answer(provider_name, "an event's 'output_index' is out of range");
    }
    const auto found =
        std::find_if(items_.rbegin(), items_.rend(), [index](const ItemState& state) { return state.index == index; });
    if (found != items_.rend()) {
        return &*found;
    }
    items_.emplace_back().index = index;
    return &items_.back();
}

void StreamReader::begin(const wire::JsonValue& response, Events& events) {
    if (std::exchange(begun_, true)) {
        return;
    }
    ReplyEvent& event = events.emplace_back();
    event.kind = Kind::Begin;
    event.id = response.find("id").to_string();
    event.text = response.find("model").to_string();
    event.created = created_of(response);
    event.service_tier = response.find("service_tier").to_string();
}

Result<void> StreamReader::begin_call(const wire::JsonValue& item, ItemState& state, std::string_view provider_name,
                                      Events& events) {
    if (state.tool >= 0) {
        return {};
    }
    if (calls_ >= static_cast<std::int64_t>(kToolCallsMax)) {
        return malformed_answer(provider_name, "it calls more tools than any API allows");
    }
    ToolCallPart call = read_call(item);
    state.tool = calls_++;
    ReplyEvent& event = events.emplace_back();
    event.kind = Kind::ToolCall;
    event.tool = state.tool;
    event.id = std::move(call.id);
    event.name = std::move(call.name);
    event.custom = call.custom;
    return {};
}

Result<void> StreamReader::end_item(const wire::JsonValue& item, ItemState& state, std::string_view provider_name,
                                    Events& events) {
    if (std::exchange(state.done, true)) {
        return {};
    }
    ItemTexts texts(state, events);
    const wire::JsonValue type = item.find("type");
    if (type.string_is("message")) {
        texts.tell_message(item);
    } else if (type.string_is("reasoning")) {
        texts.tell_reasoning(item);
    } else if (is_call(item)) {
        if (auto begun = begin_call(item, state, provider_name, events); !begun) {
            return begun;
        }
        texts.tell_arguments(read_call(item).arguments, true);
    }
    return {};
}

Result<void> StreamReader::read_item_event(std::string_view type, const wire::JsonValue& data, std::string_view provider_name,
                                           Events& events) {
    const bool added = type == "response.output_item.added";
    const bool done = type == "response.output_item.done";
    const auto* const text_type =
        std::find_if(kTextEvents.begin(), kTextEvents.end(), [type](const TextEvent& event) { return event.type == type; });
    if (!added && !done && text_type == kTextEvents.end()) {
        return {};
    }
    const Result<ItemState*> found = item_of(data, provider_name);
    if (!found) {
        return found.error();
    }
    begin({}, events);
    ItemState& state = **found;
    const wire::JsonValue item = data.find("item");
    if (done) {
        return end_item(item, state, provider_name, events);
    }
    if (added) {
        const bool known = is_call(item) && item.find("call_id").is_string() && item.find("name").is_string();
        return known ? begin_call(item, state, provider_name, events) : Result<void>();
    }
    const wire::JsonValue text = data.find(text_type->text);
    if (state.done || !text.is_string()) {
        return {};
    }
    std::string scratch;
    const std::string_view piece = text.string(scratch);
    const std::int64_t index = data.find(text_type->index).integer().value_or(0);
    ItemTexts texts(state, events);
    if (text_type->kind == Kind::ToolArguments) {
        texts.tell_arguments(piece, text_type->whole);
    } else if (text_type->kind == Kind::Reasoning) {
        texts.tell_thought(text_type->index == "summary_index", index, piece, text_type->whole, data.find("item_id"));
    } else {
        texts.tell_said(text_type->kind, index, piece, text_type->whole, data.find("logprobs"));
    }
    return {};
}

/// The last event repeats all items; those that no event has told yet are told now.
Result<void> StreamReader::end_stream(const wire::JsonValue& response, std::string_view provider_name, Events& events) {
    begin(response, events);
    const bool nothing_told = items_.empty();
    std::int64_t index = 0;
    for (const wire::JsonValue item : response.find("output")) {
        if (nothing_told && index < kItemsMax) {
            items_.emplace_back().index = index;
        }
        const auto state =
            std::find_if(items_.begin(), items_.end(), [index](const ItemState& one) { return one.index == index; });
        if (state != items_.end()) {
            if (auto ended = end_item(item, *state, provider_name, events); !ended) {
                return ended;
            }
        }
        ++index;
    }
    ended_ = true;
    ReplyEvent& finish = events.emplace_back();
    finish.kind = Kind::Finish;
    finish.finish_reason = finish_reason_of(response, calls_ > 0);
    ReplyEvent usage;
    usage.kind = Kind::Usage;
    usage.usage = read_responses_usage(response.find("usage"));
    usage.service_tier = response.find("service_tier").to_string();
    if (usage.usage || !usage.service_tier.empty()) {
        events.push_back(std::move(usage));
    }
    events.emplace_back().kind = Kind::End;
    return {};
}

Result<void> StreamReader::read(std::string_view name, const wire::JsonValue& data, std::string_view provider_name,
                                std::vector<ReplyEvent>& events) {
    if (ended_ || !data.exists()) {
        return {};
    }
    if (!data.is_object()) {
        return malformed_answer(provider_name, "an event is no JSON object");
    }
    std::string scratch;
    const std::string_view stated = data.find("type").string(scratch);
    const std::string_view type = stated.empty() ? name : stated;
    if (type == "error" || (!type.starts_with("response.") && says_error(data.find("error")))) {
        constexpr unsigned kBeganWell = 200;
        return error_from_provider(kBeganWell, data, provider_name);
    }
    const wire::JsonValue response = data.find("response");
    if (type == "response.failed" || type == "response.cancelled") {
        return failure_of(response, provider_name);
    }
    if (type == "response.created" || type == "response.in_progress" || type == "response.queued") {
        begin(response, events);
        return {};
    }
    if (type == "response.completed" || type == "response.incomplete") {
        return end_stream(response, provider_name, events);
    }
    return read_item_event(type, data, provider_name, events);
}

}  // namespace tierway::dialect::responses
