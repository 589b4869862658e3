#pragma once

#include <optional>
#include <string_view>

#include "tierway/cascade/final_answer.hpp"
#include "tierway/dialect/chat_answer.hpp"

namespace tierway::cascade {

/// What a verifier model said of a draft.
struct VerifierVerdict {
    bool correct = false;
    double confidence = 1.0;  ///< In its own verdict, 0..1: how sure it is of `correct`, not of the draft.
};

/// What others were asked about a draft. Each is absent when the class does not ask for it, when it failed or when it came too
/// late: then it says nothing, and the draft is judged without it.
struct Opinions {
    /// The answer of a second model, or of the same one sampled again, to the same request. Not owned; one choice for each sample.
    const dialect::ChatAnswer* second = nullptr;
    std::string_view answer_field = kAnswerField;  ///< Which member of a JSON answer is the final answer.
    std::optional<VerifierVerdict> verifier{};
};

/// Reads what a verifier answered: one JSON object `{"correct": true, "confidence": 0.9}`, also inside a fence, after prose or
/// slightly broken. Without a confidence, or with one outside 0..1 (0..100 counts as percent), it is 1. Absent without a verdict.
std::optional<VerifierVerdict> read_verdict(std::string_view text);

}  // namespace tierway::cascade
