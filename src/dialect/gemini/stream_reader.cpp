#include <algorithm>

#include "dialect/answer_parts.hpp"
#include "dialect/gemini/finish_reasons.hpp"
#include "dialect/gemini/token_logprobs.hpp"
#include "dialect/provider_words.hpp"
#include "tierway/base/sha256.hpp"
#include "tierway/dialect/error_body.hpp"
#include "tierway/dialect/gemini.hpp"
#include "tierway/dialect/provider_usage.hpp"

namespace tierway::dialect::gemini {
namespace {

using Kind = ReplyEvent::Kind;

ReplyEvent& append(std::vector<ReplyEvent>& events, Kind kind, std::int64_t choice) {
    ReplyEvent& event = events.emplace_back();
    event.kind = kind;
    event.choice = choice;
    return event;
}

std::string minted_id(std::string_view answer_id, std::int64_t choice, std::int64_t call, std::string_view name,
                      std::string_view arguments) {
    constexpr std::size_t kDigits = 24;
    std::string place(answer_id);
    place.append("/").append(std::to_string(choice)).append("/").append(std::to_string(call)).append("/");
    place.append(name).append("/").append(arguments);
    return "call_" + hex_of(sha256(place)).substr(0, kDigits);
}

/// Arguments as their author wrote them; a call without any takes none.
std::string_view arguments_of(const wire::JsonValue& call) noexcept {
    const wire::JsonValue arguments = call.find("args");
    return arguments.exists() && !arguments.is_null() ? arguments.raw() : "{}";
}

bool is_blocked(const wire::JsonValue& chunk) noexcept {
    const wire::JsonValue reason = chunk.find("promptFeedback").find("blockReason");
    return reason.is_string() && !reason.string_is("");
}

}  // namespace

Result<void> StreamReader::read(std::string_view /*name*/, const wire::JsonValue& data, std::string_view provider_name,
                                std::vector<ReplyEvent>& events) {
    const wire::JsonValue chunk = data.is_array() && data.size() == 1 ? data.at(0) : data;
    if (holds_error(chunk)) {
        return error_from_provider(200, chunk, provider_name);
    }
    const wire::JsonValue candidates = chunk.find("candidates");
    if (!chunk.is_object() || (candidates.exists() && !candidates.is_array() && !candidates.is_null())) {
        return malformed_answer(provider_name, "an event without candidates");
    }
    begin(chunk, events);
    for (const wire::JsonValue candidate : candidates) {
        if (auto read = read_candidate(candidate, provider_name, events); !read) {
            return read;
        }
    }
    if (is_blocked(chunk) && choices_.empty()) {
        choice_at(0).finished = true;
        append(events, Kind::Finish, 0).finish_reason = FinishReason::ContentFilter;
    }
    if (std::optional<TokenUsage> usage = read_gemini_usage(chunk.find("usageMetadata"))) {
        append(events, Kind::Usage, 0).usage = usage;
    }
    return {};
}

void StreamReader::begin(const wire::JsonValue& chunk, std::vector<ReplyEvent>& events) {
    if (begun_) {
        return;
    }
    begun_ = true;
    id_ = chunk.find("responseId").to_string();
    ReplyEvent& event = append(events, Kind::Begin, 0);
    event.id = id_;
    event.text = chunk.find("modelVersion").to_string();
    event.usage = read_gemini_usage(chunk.find("usageMetadata"));
}

Result<void> StreamReader::read_candidate(const wire::JsonValue& candidate, std::string_view provider_name,
                                          std::vector<ReplyEvent>& events) {
    const wire::JsonValue position = candidate.find("index");
    const std::optional<std::int64_t> index = position.exists() && !position.is_null() ? position.integer() : 0;
    if (!candidate.is_object() || !index || *index < 0 || *index >= static_cast<std::int64_t>(kChoicesMax)) {
        return malformed_answer(provider_name, "a candidate without a usable index");
    }
    Choice& choice = choice_at(*index);
    if (choice.finished) {
        return {};
    }
    const std::size_t first = events.size();
    for (const wire::JsonValue part : candidate.find("content").find("parts")) {
        if (auto read = read_part(part, choice, provider_name, events); !read) {
            return read;
        }
    }
    if (JsonText logprobs = token_logprobs(candidate.find("logprobsResult")); !logprobs.empty()) {
        // They are of the whole chunk; its first text bears them.
        const auto text = std::find_if(events.begin() + static_cast<std::ptrdiff_t>(first), events.end(),
                                       [](const ReplyEvent& event) { return event.kind == Kind::Text; });
        (text == events.end() ? append(events, Kind::Text, choice.index) : *text).logprobs = std::move(logprobs);
    }
    const std::optional<FinishReason> reason = finish_reason_of(candidate.find("finishReason"), choice.calls > 0);
    if (!reason) {
        return failed_answer(provider_name).with_detail("finish reason " + plain_text(candidate.find("finishReason").to_string()));
    }
    if (*reason != FinishReason::None) {
        choice.finished = true;
        append(events, Kind::Finish, choice.index).finish_reason = *reason;
    }
    return {};
}

Result<void> StreamReader::read_part(const wire::JsonValue& part, Choice& choice, std::string_view provider_name,
                                     std::vector<ReplyEvent>& events) {
    std::string seal = part.find("thoughtSignature").to_string();
    if (const wire::JsonValue call = part.find("functionCall"); call.is_object()) {
        if (choice.calls >= static_cast<std::int64_t>(kToolCallsMax)) {
            return malformed_answer(provider_name, "too many function calls");
        }
        read_call(call, std::move(seal), choice, events);
        return {};
    }
    if (std::string text = part.find("text").to_string(); !text.empty()) {
        choice.thinking = part.find("thought").boolean().value_or(false);
        append(events, choice.thinking ? Kind::Reasoning : Kind::Text, choice.index).text = std::move(text);
    }
    if (!seal.empty()) {
        ReplyEvent& event = append(events, Kind::ReasoningSeal, choice.index);
        event.text = std::move(seal);
        event.origin = Origin::Gemini;
        event.hidden = !choice.thinking;
        choice.thinking = false;
    }
    return {};
}

void StreamReader::read_call(const wire::JsonValue& call, std::string seal, Choice& choice, std::vector<ReplyEvent>& events) {
    const std::string_view arguments = arguments_of(call);
    std::string name = call.find("name").to_string();
    std::string id = call.find("id").to_string();
    if (id.empty()) {
        id = minted_id(id_, choice.index, choice.calls, name, arguments);
    }
    ReplyEvent& begun = append(events, Kind::ToolCall, choice.index);
    begun.tool = choice.calls;
    begun.id = std::move(id);
    begun.name = std::move(name);
    begun.seal = std::move(seal);
    ReplyEvent& told = append(events, Kind::ToolArguments, choice.index);
    told.tool = choice.calls;
    told.text = arguments;
    ++choice.calls;
    choice.thinking = false;
}

StreamReader::Choice& StreamReader::choice_at(std::int64_t index) {
    const auto known =
        std::find_if(choices_.begin(), choices_.end(), [index](const Choice& choice) { return choice.index == index; });
    if (known != choices_.end()) {
        return *known;
    }
    Choice& choice = choices_.emplace_back();
    choice.index = index;
    return choice;
}

}  // namespace tierway::dialect::gemini
