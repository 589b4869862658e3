#include "lab/recorded_chat.hpp"

#include <cmath>

namespace tierway::lab {

dialect::TokenUsage usage_of(const RecordedAnswer& recorded) {
    dialect::TokenUsage usage;
    usage.prompt = recorded.prompt_tokens;
    usage.completion = recorded.completion_tokens;
    return usage;
}

dialect::ChatAnswer recorded_chat(const RecordedAnswer& recorded, bool with_logprobs) {
    dialect::AnswerChoice choice;
    choice.content = recorded.words();
    choice.finish_reason = dialect::FinishReason::Stop;
    if (with_logprobs && recorded.token_probability) {
        choice.token_logprobs.push_back(static_cast<float>(std::log(*recorded.token_probability)));
    }
    dialect::ChatAnswer answer;
    answer.choices.push_back(std::move(choice));
    answer.usage = usage_of(recorded);
    return answer;
}

}  // namespace tierway::lab
