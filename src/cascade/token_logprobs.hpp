#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "tierway/dialect/chat_answer.hpp"

namespace tierway::cascade {

/// The log-probabilities of a choice's last tokens, in order, between −10 and 0. Providers write −9999 for a token outside the
/// reported ones: unclamped, a single one would decide over the whole answer. A held answer can be megabytes long, and its end is
/// where a run-away answer shows.
inline std::vector<double> token_logprobs(const dialect::AnswerChoice& choice) {
    static constexpr double kLogprobMin = -10.0;
    constexpr std::size_t kTokensMax = 8192;
    const std::size_t tokens = std::min(choice.token_logprobs.size(), kTokensMax);
    std::vector<double> logprobs(tokens);
    std::transform(choice.token_logprobs.end() - static_cast<std::ptrdiff_t>(tokens), choice.token_logprobs.end(), logprobs.begin(),
                   [](float logprob) {
                       const auto value = static_cast<double>(logprob);
                       return std::isnan(value) ? kLogprobMin : std::clamp(value, kLogprobMin, 0.0);
                   });
    return logprobs;
}

}  // namespace tierway::cascade
