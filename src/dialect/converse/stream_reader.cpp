#include <algorithm>

#include "dialect/answer_parts.hpp"
#include "dialect/converse/stop_reasons.hpp"
#include "dialect/provider_words.hpp"
#include "tierway/dialect/converse.hpp"
#include "tierway/dialect/error_body.hpp"
#include "tierway/dialect/provider_usage.hpp"

namespace tierway::dialect::converse {
namespace {

using Kind = ReplyEvent::Kind;

ReplyEvent& append(std::vector<ReplyEvent>& events, Kind kind) {
    ReplyEvent& event = events.emplace_back();
    event.kind = kind;
    return event;
}

void append_text(std::vector<ReplyEvent>& events, Kind kind, const wire::JsonValue& text) {
    if (text.is_string() && !text.string_is("")) {
        append(events, kind).text = text.to_string();
    }
}

void append_seal(std::vector<ReplyEvent>& events, const wire::JsonValue& seal, bool hidden) {
    if (seal.is_string() && !seal.string_is("")) {
        ReplyEvent& event = append(events, Kind::ReasoningSeal);
        event.text = seal.to_string();
        event.origin = Origin::Anthropic;
        event.hidden = hidden;
    }
}

std::int64_t index_of(const wire::JsonValue& data) noexcept {
    return data.find("contentBlockIndex").integer().value_or(0);
}

}  // namespace

Result<void> StreamReader::read(std::string_view name, const wire::JsonValue& data, std::string_view provider_name,
                                std::vector<ReplyEvent>& events) {
    if (name.ends_with("Exception")) {
        return error_from_provider(200, data, provider_name, name);
    }
    if (name == "messageStart") {
        begin(events);
    } else if (name == "contentBlockStart") {
        return start_block(data, provider_name, events);
    } else if (name == "contentBlockDelta") {
        return read_delta(data, provider_name, events);
    } else if (name == "contentBlockStop") {
        stop_block(data, events);
    } else if (name == "messageStop") {
        return stop(data, provider_name, events);
    } else if (name == "metadata") {
        read_metadata(data, events);
    }
    return {};
}

void StreamReader::begin(std::vector<ReplyEvent>& events) {
    if (!begun_) {
        begun_ = true;
        append(events, Kind::Begin);
    }
}

Result<void> StreamReader::start_block(const wire::JsonValue& data, std::string_view provider_name,
                                       std::vector<ReplyEvent>& events) {
    const wire::JsonValue use = data.find("start").find("toolUse");
    if (!use.is_object() || stopped_) {
        return {};
    }
    if (++blocks_begun_ > kToolCallsMax) {
        return malformed_answer(provider_name, "too many tool calls");
    }
    begin(events);
    Block& block = blocks_.emplace_back();
    block.index = index_of(data);
    if (use.find("type").string_is("server_tool_use")) {
        block.call = -1;
        return {};
    }
    block.call = calls_++;
    ReplyEvent& event = append(events, Kind::ToolCall);
    event.tool = block.call;
    event.id = use.find("toolUseId").to_string();
    event.name = use.find("name").to_string();
    return {};
}

Result<void> StreamReader::read_delta(const wire::JsonValue& data, std::string_view provider_name,
                                      std::vector<ReplyEvent>& events) {
    if (stopped_) {
        return {};
    }
    begin(events);
    const wire::JsonValue delta = data.find("delta");
    append_text(events, Kind::Text, delta.find("text"));
    const wire::JsonValue reasoning = delta.find("reasoningContent");
    append_text(events, Kind::Reasoning, reasoning.find("text"));
    append_seal(events, reasoning.find("signature"), false);
    append_seal(events, reasoning.find("redactedContent"), true);
    return delta.find("toolUse").is_object() ? read_arguments(data, provider_name, events) : Result<void>();
}

Result<void> StreamReader::read_arguments(const wire::JsonValue& data, std::string_view provider_name,
                                          std::vector<ReplyEvent>& events) {
    const std::int64_t index = index_of(data);
    const auto block = std::find_if(blocks_.begin(), blocks_.end(), [index](const Block& each) { return each.index == index; });
    if (block == blocks_.end()) {
        return malformed_answer(provider_name, "arguments of a tool call that has not begun");
    }
    std::string piece = data.find("delta").find("toolUse").find("input").to_string();
    if (block->call >= 0 && !piece.empty()) {
        block->has_arguments = true;
        ReplyEvent& event = append(events, Kind::ToolArguments);
        event.tool = block->call;
        event.text = std::move(piece);
    }
    return {};
}

void StreamReader::stop_block(const wire::JsonValue& data, std::vector<ReplyEvent>& events) {
    const std::int64_t index = index_of(data);
    const auto block = std::find_if(blocks_.begin(), blocks_.end(), [index](const Block& each) { return each.index == index; });
    if (block == blocks_.end()) {
        return;
    }
    if (block->call >= 0 && !block->has_arguments) {
        ReplyEvent& event = append(events, Kind::ToolArguments);
        event.tool = block->call;
        event.text = "{}";
    }
    blocks_.erase(block);
}

Result<void> StreamReader::stop(const wire::JsonValue& data, std::string_view provider_name, std::vector<ReplyEvent>& events) {
    if (stopped_) {
        return {};
    }
    const wire::JsonValue stop_reason = data.find("stopReason");
    const std::optional<FinishReason> reason = finish_reason_of(stop_reason);
    if (!reason) {
        return failed_answer(provider_name).with_detail("stop reason " + plain_text(stop_reason.to_string()));
    }
    if (*reason == FinishReason::None) {
        return malformed_answer(provider_name, "a message that stops without a reason");
    }
    begin(events);
    stopped_ = true;
    append(events, Kind::Finish).finish_reason = *reason;
    end_when_complete(events);
    return {};
}

void StreamReader::read_metadata(const wire::JsonValue& data, std::vector<ReplyEvent>& events) {
    begin(events);
    has_metadata_ = true;
    const std::optional<TokenUsage> usage = read_converse_usage(data.find("usage"));
    std::string service_tier = data.find("serviceTier").find("type").to_string();
    if (usage || !service_tier.empty()) {
        ReplyEvent& event = append(events, Kind::Usage);
        event.usage = usage;
        event.service_tier = std::move(service_tier);
    }
    end_when_complete(events);
}

void StreamReader::end_when_complete(std::vector<ReplyEvent>& events) {
    if (stopped_ && has_metadata_ && !ended_) {
        ended_ = true;
        append(events, Kind::End);
    }
}

}  // namespace tierway::dialect::converse
