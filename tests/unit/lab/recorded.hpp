#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "tierway/config/load.hpp"
#include "tierway/lab/replay.hpp"

namespace tierway::lab::test {

/// Two tiers at 1 and 10 USD per million tokens either way. `sums` is judged, `poems` is not, `proofs` is bound to the frontier.
inline constexpr std::string_view kConfiguration = R"(version: 1
providers:
  some: {dialect: openai, base_url: "http://127.0.0.1:9/v1"}
models:
  some/cheap: {price: {input: 1, output: 1}, supports: [logprobs]}
  some/spare: {price: {input: 2, output: 2}}
  some/strong: {price: {input: 10, output: 10}}
tiers:
  small: [some/cheap, some/spare]
  frontier: [some/strong]
classes:
  doubts: {tier: small, escalate: {to: frontier, below: 0.7, agreement: {model: some/spare}}}
  sums: {tier: small, escalate: {to: frontier, below: 0.5}, quality_bar: 0.9}
  poems: {tier: small, max_tier: frontier}
  proofs: {tier: frontier}
classifier:
  default_class: sums
  rules:
    - {class: doubts, when: {text: "sure"}}
    - {class: poems, when: {text: "poem"}}
    - {class: proofs, when: {text: "prove"}}
)";

inline config::SnapshotPtr snapshot_of(std::string_view yaml = kConfiguration) {
    const config::LoadResult loaded = config::load_text(yaml, "test.yaml", config::PriceCatalogue::built_in(), config::process_environment());
    for (const config::Problem& problem : loaded.problems) {
        ADD_FAILURE() << problem.to_string();
    }
    return loaded.snapshot;
}

inline DecisionCore core_of(std::string_view yaml = kConfiguration) {
    config::SnapshotPtr snapshot = snapshot_of(yaml);
    auto classifier = std::make_shared<const classify::Classifier>(snapshot);
    return {std::move(snapshot), std::move(classifier)};
}

inline RecordedAnswer answered(bool acceptable, std::string text, std::int64_t prompt = 100, std::int64_t completion = 50) {
    RecordedAnswer answer;
    answer.acceptable = acceptable;
    answer.prompt_tokens = prompt;
    answer.completion_tokens = completion;
    answer.text = std::move(text);
    return answer;
}

/// A draft that is cut short of any answer is never good enough, a plain one always is.
inline constexpr std::string_view kGoodDraft = "The sum is 42.";
inline constexpr std::string_view kBadDraft = "";

inline Outcome outcome(std::string id, std::string prompt, bool cheap_is_right, bool strong_is_right,
                       std::string_view draft = kGoodDraft) {
    Outcome row;
    row.id = std::move(id);
    row.prompt = std::move(prompt);
    RecordedAnswer cheap = answered(cheap_is_right, std::string(draft));
    cheap.no_answer = draft.empty();
    row.answers.emplace("some/cheap", std::move(cheap));
    row.answers.emplace("some/strong", answered(strong_is_right, "It is 42.", 100, 100));
    return row;
}

}  // namespace tierway::lab::test
