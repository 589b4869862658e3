#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/cascade/opinions.hpp"
#include "tierway/dialect/chat_answer.hpp"
#include "tierway/dialect/chat_request.hpp"

namespace tierway::cascade {

enum class SignalKind : std::uint8_t { Structure, Completeness, Hedging, Degenerate, Logprob, Agreement, Verifier };

/// "structure", "completeness" …, static storage.
std::string_view name_of(SignalKind kind) noexcept;

/// One measured aspect of an answer.
struct Signal {
    SignalKind kind{};
    double score = 0.0;  ///< 0: speaks strongly against the answer … 1: nothing against it.
    /// The answer cannot be acceptable (cut off, empty, breaks the schema, nothing but a loop): confidence is at most
    /// `kFatalConfidence`.
    bool fatal = false;
    std::string reason;  ///< One phrase for the decision record, e.g. "arguments of `get_weather` miss `city`". Never quotes the
                         ///< answer's text.
};

/// What the request asks of the answer's form. Built once per request, reused for every attempt.
/// The views stay valid only as long as the request's body does.
struct Expectation {
    wire::JsonValue json_schema;  ///< Missing: no schema was asked for.
    bool json_object = false;     ///< Any JSON object will do.
    wire::JsonValue tools;        ///< The offered `tools`, else the older `functions`, else missing.
    bool output_limited = false;  ///< The client set a bound on the answer itself: reaching it is no fault of the model.
    std::string previous_answer;  ///< The last assistant turn's text, for near-duplicates; at most 8 KiB.
};

Expectation expectation_of(const dialect::ChatRequest& request);

/// JSON schema of the answer; tool-call names and arguments against the offered tools. Absent when neither applies.
std::optional<Signal> structure_signal(const dialect::AnswerChoice& choice, const Expectation& expected);
/// Finish reason, refusal, emptiness.
std::optional<Signal> completeness_signal(const dialect::AnswerChoice& choice, const Expectation& expected);
/// Phrases by which models say that they do not know (English). Absent for answers without text.
std::optional<Signal> hedging_signal(const dialect::AnswerChoice& choice);
/// Repetition inside the answer, or a near-duplicate of the assistant turn before. Absent for answers without text.
std::optional<Signal> degenerate_signal(const dialect::AnswerChoice& choice, const Expectation& expected);
/// Mean token probability and the weakest window of tokens (ROUTING.md section A5). Absent without log-probabilities.
std::optional<Signal> logprob_signal(const dialect::AnswerChoice& choice);

/// Whether a second opinion comes to the same final answer (`final_answer.hpp`): the share of its samples that do. Where only one
/// of both has a final answer they differ: cheap models that have none are nearly always wrong, and a question on which a second
/// model finds none is a hard one (docs/cascade.md). Absent without a second opinion, or when neither has a final answer.
std::optional<Signal> agreement_signal(const dialect::AnswerChoice& choice, const Opinions& opinions);
/// What a verifier said: ½ when it is unsure, towards 1 the surer it is that the draft is right, towards 0 that it is wrong.
/// Absent without a verdict.
std::optional<Signal> verifier_signal(const Opinions& opinions);

/// All signals that apply to one choice.
std::vector<Signal> measure(const dialect::AnswerChoice& choice, const Expectation& expected, const Opinions& opinions = {});

}  // namespace tierway::cascade
