#include <algorithm>
#include <charconv>
#include <string>

#include "cascade/answer_field.hpp"
#include "tierway/cascade/signals.hpp"
#include "tierway/cascade/verifier_prompt.hpp"

namespace tierway::cascade {
namespace {

/// Verdicts are short; a longer answer's end is where it decides.
constexpr std::size_t kVerdictBytesMax = std::size_t{16} * 1024;

Signal agreement(double score, std::string reason) {
    return {SignalKind::Agreement, score, false, std::move(reason)};
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char byte) { return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte | 0x20) : byte; });
    return text;
}

/// A member that is true or false, in whatever words.
std::optional<bool> read_truth(std::string_view text, std::string_view field) {
    const AnswerField member = answer_field(text, field);
    const std::string said = lower(member.value.value_or(std::string()));
    const bool is_true = said == "true" || said == "yes";
    return is_true || said == "false" || said == "no" ? std::optional(is_true) : std::nullopt;
}

double read_confidence(std::string_view text) {
    double value = 1.0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_percent = value > 1.0 || std::string_view(end, static_cast<std::size_t>(text.data() + text.size() - end)) == "%";
    value = is_percent ? value / 100.0 : value;
    return problem == std::errc() && value >= 0.0 && value <= 1.0 ? value : 1.0;
}

}  // namespace

std::optional<Signal> agreement_signal(const dialect::AnswerChoice& choice, const Opinions& opinions) {
    if (opinions.second == nullptr || opinions.second->choices.empty()) {
        return std::nullopt;
    }
    const auto draft = final_answer(choice, opinions.answer_field);
    std::size_t same = 0;
    std::size_t found = 0;
    for (const dialect::AnswerChoice& sample : opinions.second->choices) {
        const auto answer = final_answer(sample, opinions.answer_field);
        found += answer ? 1 : 0;
        same += draft && answer && same_answer(*draft, *answer) ? 1 : 0;
    }
    if (!draft) {
        return found == 0 ? std::nullopt : std::optional(agreement(0.0, "has no final answer, and a second opinion has one"));
    }
    if (found == 0) {
        return agreement(0.0, "a second opinion finds no final answer");
    }
    const std::size_t samples = opinions.second->choices.size();
    if (samples == 1) {
        return same == 1 ? agreement(1.0, "a second opinion gives the same final answer")
                         : agreement(0.0, "a second opinion gives another final answer");
    }
    return agreement(static_cast<double>(same) / static_cast<double>(samples),
                     std::to_string(same) + " of " + std::to_string(samples) + " second opinions give the same final answer");
}

std::optional<Signal> verifier_signal(const Opinions& opinions) {
    if (!opinions.verifier) {
        return std::nullopt;
    }
    const double sure = std::clamp(opinions.verifier->confidence, 0.0, 1.0) / 2.0;
    return opinions.verifier->correct ? Signal{SignalKind::Verifier, 0.5 + sure, false, "the verifier calls it right"}
                                      : Signal{SignalKind::Verifier, 0.5 - sure, false, "the verifier calls it wrong"};
}

std::optional<VerifierVerdict> read_verdict(std::string_view text) {
    text = text.substr(text.size() - std::min(text.size(), kVerdictBytesMax));
    const auto correct = read_truth(text, "correct");
    if (!correct) {
        return std::nullopt;
    }
    const AnswerField confidence = answer_field(text, "confidence");
    return VerifierVerdict{*correct, confidence.value ? read_confidence(*confidence.value) : 1.0};
}

std::optional<bool> read_comparison(std::string_view text) {
    return read_truth(text.substr(text.size() - std::min(text.size(), kVerdictBytesMax)), "as_good");
}

}  // namespace tierway::cascade
