#include <algorithm>
#include <utility>

#include "dialect/answer_parts.hpp"
#include "dialect/anthropic/reply_members.hpp"
#include "dialect/anthropic/stop_reason.hpp"
#include "dialect/provider_words.hpp"
#include "tierway/dialect/anthropic.hpp"
#include "tierway/dialect/error_body.hpp"

namespace tierway::dialect::anthropic {
namespace {

constexpr std::size_t kOpenBlocksMax = 128;

ReplyEvent event_of(ReplyEvent::Kind kind) {
    ReplyEvent event;
    event.kind = kind;
    return event;
}

/// Appends a piece of text of that kind, unless there is none.
void append_piece(ReplyEvent::Kind kind, const wire::JsonValue& text, std::vector<ReplyEvent>& events) {
    if (text.is_string() && !text.string_is("")) {
        events.push_back(event_of(kind));
        events.back().text = text.to_string();
    }
}

void append_seal(std::string seal, bool hidden, std::vector<ReplyEvent>& events) {
    if (seal.empty()) {
        return;
    }
    ReplyEvent event = event_of(ReplyEvent::Kind::ReasoningSeal);
    event.text = std::move(seal);
    event.hidden = hidden;
    event.origin = Origin::Anthropic;
    events.push_back(std::move(event));
}

void append_arguments(std::int64_t tool, std::string text, std::vector<ReplyEvent>& events) {
    ReplyEvent event = event_of(ReplyEvent::Kind::ToolArguments);
    event.tool = tool;
    event.text = std::move(text);
    events.push_back(std::move(event));
}

}  // namespace

Result<void> StreamReader::read(std::string_view name, const wire::JsonValue& data, std::string_view provider_name,
                                std::vector<ReplyEvent>& events) {
    if (!data.is_object()) {
        return malformed_answer(provider_name, "an event that is not a JSON object");
    }
    std::string scratch;
    const wire::JsonValue stated = data.find("type");
    const std::string_view type = stated.is_string() ? stated.string(scratch) : name;
    if (type == "error" || (type.empty() && holds_error(data))) {
        return error_from_provider(200, data, provider_name);
    }
    if (ended_) {
        return {};
    }
    if (type == "message_start") {
        begin(data.find("message"), events);
    } else if (type == "content_block_start") {
        return start_block(data, provider_name, events);
    } else if (type == "content_block_delta") {
        return read_delta(data, provider_name, events);
    } else if (type == "content_block_stop") {
        if (const std::optional<std::int64_t> index = data.find("index").integer()) {
            stop_block(position_of(*index), events);
        }
    } else if (type == "message_delta") {
        begin({}, events);
        read_message_delta(data, events);
    } else if (type == "message_stop") {
        stop_all(events);
        events.push_back(event_of(ReplyEvent::Kind::End));
        ended_ = true;
    }
    return {};
}

/// Also for the event that comes first where a provider leaves out the start.
void StreamReader::begin(const wire::JsonValue& message, std::vector<ReplyEvent>& events) {
    if (begun_) {
        return;
    }
    begun_ = true;
    const wire::JsonValue usage = message.find("usage");
    usage_.update(usage);
    ReplyEvent event = event_of(ReplyEvent::Kind::Begin);
    event.id = message.find("id").to_string();
    event.text = message.find("model").to_string();
    event.service_tier = service_tier_of(usage);
    event.usage = usage_.tokens();
    events.push_back(std::move(event));
}

std::size_t StreamReader::position_of(std::int64_t index) const noexcept {
    const auto block = std::find_if(open_.begin(), open_.end(), [index](const Block& each) { return each.index == index; });
    return static_cast<std::size_t>(block - open_.begin());
}

Result<void> StreamReader::start_block(const wire::JsonValue& data, std::string_view provider_name,
                                       std::vector<ReplyEvent>& events) {
    begin({}, events);
    const std::optional<std::int64_t> index = data.find("index").integer();
    if (!index || *index < 0) {
        return malformed_answer(provider_name, "a content block without an index");
    }
    stop_block(position_of(*index), events);
    if (open_.size() >= kOpenBlocksMax) {
        return malformed_answer(provider_name, "more than " + std::to_string(kOpenBlocksMax) + " content blocks at a time");
    }
    Block block;
    block.index = *index;
    const wire::JsonValue content = data.find("content_block");
    const wire::JsonValue type = content.find("type");
    if (type.string_is("text")) {
        block.kind = Block::Kind::Text;
        append_piece(ReplyEvent::Kind::Text, content.find("text"), events);
    } else if (type.string_is("thinking")) {
        block.kind = Block::Kind::Thinking;
        append_piece(ReplyEvent::Kind::Reasoning, content.find("thinking"), events);
        block.signature = content.find("signature").to_string();
    } else if (type.string_is("redacted_thinking")) {
        append_seal(content.find("data").to_string(), true, events);
    } else if (type.string_is("tool_use")) {
        if (tools_ >= static_cast<std::int64_t>(kToolCallsMax)) {
            return malformed_answer(provider_name, "more than " + std::to_string(kToolCallsMax) + " tool calls");
        }
        block.kind = Block::Kind::Tool;
        block.tool = tools_++;
        const wire::JsonValue input = content.find("input");
        block.input = input.is_object() && input.size() > 0 ? std::string(input.raw()) : "{}";
        ReplyEvent call = event_of(ReplyEvent::Kind::ToolCall);
        call.tool = block.tool;
        call.id = content.find("id").to_string();
        call.name = content.find("name").to_string();
        events.push_back(std::move(call));
    }
    open_.push_back(std::move(block));
    return {};
}

Result<void> StreamReader::read_delta(const wire::JsonValue& data, std::string_view provider_name,
                                      std::vector<ReplyEvent>& events) {
    begin({}, events);
    const wire::JsonValue delta = data.find("delta");
    const wire::JsonValue type = delta.find("type");
    if (type.string_is("text_delta")) {
        append_piece(ReplyEvent::Kind::Text, delta.find("text"), events);
        return {};
    }
    if (type.string_is("thinking_delta")) {
        append_piece(ReplyEvent::Kind::Reasoning, delta.find("thinking"), events);
        return {};
    }
    const bool is_arguments = type.string_is("input_json_delta");
    if (!is_arguments && !type.string_is("signature_delta")) {
        return {};
    }
    const std::size_t position = position_of(data.find("index").integer().value_or(-1));
    if (position == open_.size()) {
        return malformed_answer(provider_name, "a piece of a content block that has not begun");
    }
    Block& block = open_[position];
    if (!is_arguments) {
        block.signature += delta.find("signature").to_string();
        return {};
    }
    const wire::JsonValue piece = delta.find("partial_json");
    if (block.kind == Block::Kind::Tool && piece.is_string() && !piece.string_is("")) {
        block.has_arguments = true;
        append_arguments(block.tool, piece.to_string(), events);
    }
    return {};
}

void StreamReader::stop_block(std::size_t position, std::vector<ReplyEvent>& events) {
    if (position >= open_.size()) {
        return;
    }
    Block block = std::move(open_[position]);
    open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(position));
    if (block.kind == Block::Kind::Tool && !block.has_arguments) {
        append_arguments(block.tool, std::move(block.input), events);
    } else if (block.kind == Block::Kind::Thinking) {
        append_seal(std::move(block.signature), false, events);
    }
}

void StreamReader::stop_all(std::vector<ReplyEvent>& events) {
    while (!open_.empty()) {
        stop_block(0, events);
    }
}

void StreamReader::read_message_delta(const wire::JsonValue& data, std::vector<ReplyEvent>& events) {
    const wire::JsonValue delta = data.find("delta");
    const FinishReason reason = finish_reason_from(delta.find("stop_reason"));
    if (reason != FinishReason::None && !finished_) {
        stop_all(events);
        finished_ = true;
        ReplyEvent finish = event_of(ReplyEvent::Kind::Finish);
        finish.finish_reason = reason;
        finish.stop_sequence = delta.find("stop_sequence").to_string();
        events.push_back(std::move(finish));
    }
    const wire::JsonValue usage = data.find("usage");
    if (!usage.is_object()) {
        return;
    }
    usage_.update(usage);
    if (const std::optional<TokenUsage> tokens = usage_.tokens()) {
        ReplyEvent told = event_of(ReplyEvent::Kind::Usage);
        told.usage = tokens;
        told.service_tier = service_tier_of(usage);
        events.push_back(std::move(told));
    }
}

}  // namespace tierway::dialect::anthropic
