#include "simulator/recorded_answer.hpp"

#include <algorithm>
#include <cmath>

namespace tierway::simulator {
namespace {

/// JSON knows no infinity.
constexpr double kLogProbabilityMin = -9999.0;

}  // namespace

Answer recorded_answer(const Recording& recording) {
    Answer answer;
    answer.finish_reason = "stop";
    if (!recording.text.empty()) {
        Token token;
        token.text = recording.text;
        token.log_probability = std::max(std::log(recording.token_probability.value_or(1.0)), kLogProbabilityMin);
        answer.tokens.push_back(std::move(token));
    }
    return answer;
}

void tell_what_is_recorded(const Recording& recording, ChatInput& input, Faults& faults) {
    if (!faults.usage) {
        faults.usage.emplace();
        faults.usage->prompt_tokens = recording.prompt_tokens;
        faults.usage->completion_tokens = recording.completion_tokens;
    }
    input.logprobs = input.logprobs && recording.token_probability.has_value();
}

}  // namespace tierway::simulator
