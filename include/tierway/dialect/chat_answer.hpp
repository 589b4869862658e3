#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tierway/dialect/token_usage.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect {

enum class FinishReason : std::uint8_t { None, Stop, Length, ToolCalls, ContentFilter, Other };

struct ToolCall {
    std::string name;
    std::string arguments;  ///< The JSON text as the model wrote it, which may be invalid.
};

/// One choice of an answer, whole: what the cascade judges. Assembled from a whole response or from the chunks of a stream.
struct AnswerChoice {
    std::string content;
    std::string refusal;
    std::vector<ToolCall> tool_calls;
    FinishReason finish_reason = FinishReason::None;
    std::vector<float> token_logprobs;  ///< Natural logarithms, in order; empty when the provider gave none.
};

struct ChatAnswer {
    std::vector<AnswerChoice> choices;
    std::optional<TokenUsage> usage;
    std::string model;         ///< What the provider says answered.
    std::string service_tier;  ///< The lane that it says it was served in; empty: not said.
};

/// Reads a whole `chat.completion` object (WIRE.md section 1.3). Errors: UpstreamMalformed when it is not one;
/// the provider's error when it is an error object inside a 200.
/// \param keep_texts whether contents, tool calls and log-probabilities are wanted, for judging; else only finish reasons, usage
/// and model.
Result<ChatAnswer> read_chat_answer(const wire::JsonValue& body, std::string_view provider_name, bool keep_texts = true);

}  // namespace tierway::dialect
