#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "simulator/task.hpp"

namespace tierway::simulator {

/// An answer that the gateway puts before a verifier.
struct JudgedAnswer {
    Task task;  ///< Of the request's newest user message.
    bool right = false;
};

/// Reads a verifier's question: a request and an answer, each between marks. Empty for any other text.
std::optional<JudgedAnswer> find_judged_answer(std::string_view question);

/// The verdict as a verifier gives it.
std::string verdict_text(bool correct);

}  // namespace tierway::simulator
