#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tierway/dialect/chat_answer.hpp"
#include "tierway/dialect/chat_request.hpp"

namespace tierway::cascade {

/// What a verifier is asked.
struct VerifierPrompt {
    std::string instruction;  ///< Ours or the operator's, and how the verdict is to be given (`read_verdict`).
    std::string text;         ///< The request and the answer, each between marks.
};

/// Puts a draft before a verifier. Request and answer are data: the instruction says so, and they stand between marks that nobody
/// who wrote them could know. Of the request the last 24 KiB of text are shown, of the answer 16 KiB from its start and end; images
/// and sound are not.
/// \param own_instruction in place of ours; empty: ours. \param mark a text that is different for each request.
VerifierPrompt verifier_prompt(const dialect::ChatRequest& request, const dialect::ChatAnswer& draft,
                               std::string_view own_instruction, std::string_view mark);

/// Puts two answers to one request before a judge, each 16 KiB of it at most; the same rules and marks.
VerifierPrompt comparison_prompt(const dialect::ChatRequest& request, const dialect::ChatAnswer& first,
                                 const dialect::ChatAnswer& second, std::string_view mark);

/// Reads what such a judge answered: one JSON object `{"as_good": true}`, as tolerantly as `read_verdict`. Absent without a verdict.
std::optional<bool> read_comparison(std::string_view text);

/// The most bytes of `VerifierPrompt::text`, whatever the request and the draft.
inline constexpr std::size_t kVerifierTextBytesMax = std::size_t{64} * 1024;

}  // namespace tierway::cascade
