#include "lab/recorded_chat.hpp"

#include <cmath>

namespace tierway::lab {

dialect::ChatAnswer recorded_chat(const RecordedAnswer& recorded, bool with_logprobs) {
    dialect::AnswerChoice choice;
    choice.content = recorded.words();
    choice.finish_reason = dialect::FinishReason::Stop;
    if (with_logprobs && recorded.token_probability) {
        choice.token_logprobs.push_back(static_cast<float>(std::log(*recorded.token_probability)));
    }
    dialect::ChatAnswer answer;
    answer.choices.push_back(std::move(choice));
    dialect::TokenUsage& usage = answer.usage.emplace();
    usage.prompt = recorded.prompt_tokens;
    usage.completion = recorded.completion_tokens;
    return answer;
}

}  // namespace tierway::lab
