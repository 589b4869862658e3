#include "dialect/chat/chunk_members.hpp"

namespace tierway::dialect::chat {

void write_usage(JsonWriter& json, const TokenUsage& usage) {
    json.key("usage").begin_object().integer("prompt_tokens", usage.prompt).integer("completion_tokens", usage.completion);
    json.integer("total_tokens", usage.prompt + usage.completion);
    json.key("prompt_tokens_details").begin_object().integer("cached_tokens", usage.cached);
    if (usage.cache_write > 0) {
        json.integer("cache_write_tokens", usage.cache_write);
    }
    if (usage.cache_write_1h > 0) {
        json.integer("cache_write_1h_tokens", usage.cache_write_1h);
    }
    json.end_object();
    json.key("completion_tokens_details").begin_object().integer("reasoning_tokens", usage.reasoning).end_object();
    json.end_object();
}

std::string_view word_of(FinishReason reason) noexcept {
    switch (reason) {
        case FinishReason::Length:
            return "length";
        case FinishReason::ToolCalls:
            return "tool_calls";
        case FinishReason::ContentFilter:
            return "content_filter";
        case FinishReason::None:
        case FinishReason::Stop:
        case FinishReason::Other:
            return "stop";
    }
    return "stop";
}

}  // namespace tierway::dialect::chat
