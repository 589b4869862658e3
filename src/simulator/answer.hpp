#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/chat_input.hpp"
#include "simulator/fault.hpp"
#include "simulator/task_kind.hpp"
#include "tierway/simulator/profile.hpp"

namespace tierway::simulator {

struct Token {
    std::string text;
    double log_probability = 0.0;
};

/// One choice of a simulated answer.
struct Answer {
    enum class Form : std::uint8_t { Text, Refusal, ToolCall };

    TaskKind kind = TaskKind::Chat;
    bool right = true;
    bool hedged = false;
    Form form = Form::Text;
    std::vector<Token> tokens;  ///< Of the text, the refusal or the call's arguments; joined they are it.
    std::string tool_name;
    std::string tool_call_id;
    bool custom_tool = false;
    std::string_view finish_reason;  ///< stop, length, tool_calls.

    [[nodiscard]] std::string text() const;
};

/// What an answer costs, in tokens.
struct Usage {
    std::int64_t prompt_tokens = 0;
    std::int64_t completion_tokens = 0;
    std::int64_t cached_tokens = 0;     ///< Part of the prompt's.
    std::int64_t reasoning_tokens = 0;  ///< Part of the completion's.
};

/// Answers as the model would: right with the probability of its skill for the kind of task. The fate hangs on the model's name,
/// the messages and the choice's number alone, so that the same question always fares the same, streamed or not, drafted or not.
Answer make_answer(const ModelProfile& model, const ChatInput& input, const Faults& faults, unsigned choice);

/// The request's token count: four bytes of message text a token, rounded up, and 765 tokens an image.
std::int64_t prompt_tokens_of(const ChatInput& input) noexcept;
/// What all of it costs. \param sent_tokens how many tokens of the answers were sent.
Usage usage_of(const ChatInput& input, const Faults& faults, std::size_t sent_tokens) noexcept;

}  // namespace tierway::simulator
