#include "tierway/cascade/draft_measures.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "cascade/token_logprobs.hpp"
#include "tierway/cascade/final_answer.hpp"

namespace tierway::cascade {
namespace {

/// A single label can be given with a probability that no arithmetic tells from 1.
constexpr double kLogOddsMax = 12.0;
/// A model that runs on and on is as lost as one that stops here; its length must not drown the rest.
constexpr std::int64_t kLengthMax = 2'000;

double length_of(std::int64_t count) noexcept {
    return std::log1p(static_cast<double>(std::clamp<std::int64_t>(count, 0, kLengthMax)));
}

/// The value below which a share of the sorted values lies.
double quantile(const std::vector<double>& sorted, double share) noexcept {
    return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

class Builder {
public:
    void set(DraftMeasure measure, double value) noexcept {
        measures_[static_cast<std::size_t>(measure)] = std::isfinite(value) ? value : 0.0;
    }
    [[nodiscard]] double get(DraftMeasure measure) const noexcept { return measures_[static_cast<std::size_t>(measure)]; }
    [[nodiscard]] const DraftMeasures& measures() const noexcept { return measures_; }

private:
    DraftMeasures measures_{};
};

void take_logprobs(const dialect::AnswerChoice& choice, Builder& builder) {
    if (choice.token_logprobs.empty()) {
        return;
    }
    std::vector<double> values = token_logprobs(choice);
    const double total = std::accumulate(values.begin(), values.end(), 0.0);
    std::sort(values.begin(), values.end());
    const double mean = total / static_cast<double>(values.size());
    builder.set(DraftMeasure::HasLogprobs, 1.0);
    builder.set(DraftMeasure::MeanLogOdds, std::clamp(mean - std::log(std::max(-std::expm1(mean), 1e-12)), -kLogOddsMax, kLogOddsMax));
    builder.set(DraftMeasure::WeakestToken, values.front());
    builder.set(DraftMeasure::Quantile05, quantile(values, 0.05));
    builder.set(DraftMeasure::Quantile25, quantile(values, 0.25));
    builder.set(DraftMeasure::Median, quantile(values, 0.5));
}

void take_final_answer(const dialect::AnswerChoice& choice, const Opinions& opinions, Builder& builder) {
    const auto final = final_answer(choice, opinions.answer_field);
    if (!final) {
        return;
    }
    builder.set(DraftMeasure::HasFinal, 1.0);
    builder.set(DraftMeasure::FinalIsNumber, final->kind == FinalAnswer::Kind::Number ? 1.0 : 0.0);
    builder.set(DraftMeasure::FinalLength, length_of(static_cast<std::int64_t>(final->text.size())));
}

void take_second(std::span<const Signal> signals, const Opinions& opinions, const DraftSizes& sizes, Builder& builder) {
    if (opinions.second == nullptr || opinions.second->choices.empty()) {
        return;
    }
    builder.set(DraftMeasure::HasSecond, 1.0);
    const auto agreement = std::find_if(signals.begin(), signals.end(), [](const Signal& s) { return s.kind == SignalKind::Agreement; });
    builder.set(DraftMeasure::Agrees, agreement == signals.end() ? 0.0 : agreement->score);
    const auto& samples = opinions.second->choices;
    const bool is_empty = std::none_of(samples.begin(), samples.end(), [&](const dialect::AnswerChoice& sample) {
        return final_answer(sample, opinions.answer_field).has_value();
    });
    builder.set(DraftMeasure::SecondIsEmpty, is_empty ? 1.0 : 0.0);
    const double second = length_of(sizes.second / static_cast<std::int64_t>(samples.size()));
    builder.set(DraftMeasure::SecondLength, second);
    builder.set(DraftMeasure::LengthGap, std::abs(second - length_of(sizes.draft)));
}

void take_scores(std::span<const Signal> signals, Builder& builder) {
    for (const Signal& signal : signals) {
        const double score = signal.fatal ? 0.0 : std::clamp(signal.score, 0.0, 1.0);
        switch (signal.kind) {
            case SignalKind::Structure:
                builder.set(DraftMeasure::Structure, score - 0.5);
                break;
            case SignalKind::Completeness:
                builder.set(DraftMeasure::Completeness, score - 0.5);
                break;
            case SignalKind::Hedging:
                builder.set(DraftMeasure::Hedging, score - 0.5);
                break;
            case SignalKind::Degenerate:
                builder.set(DraftMeasure::Degenerate, score - 0.5);
                break;
            case SignalKind::Verifier:
                builder.set(DraftMeasure::Verifier, score - 0.5);
                break;
            case SignalKind::Logprob:    // What lies behind these two
            case SignalKind::Agreement:  // is measured itself.
                break;
        }
    }
}

}  // namespace

std::string_view name_of(DraftMeasure measure) noexcept {
    static constexpr std::array<std::string_view, kDraftMeasures> kNames = {
        "has_logprobs", "mean_log_odds", "weakest_token", "quantile_05",     "quantile_25",  "median",    "draft_length", "prompt_length",
        "has_second",   "agrees",        "second_empty",  "second_length",   "length_gap",   "has_final", "final_number", "final_length",
        "structure",    "completeness",  "hedging",       "degenerate",      "verifier",     "agrees_surely"};
    return measure < DraftMeasure::Count ? kNames[static_cast<std::size_t>(measure)] : std::string_view("unknown");
}

DraftMeasures measure_draft(const dialect::AnswerChoice& choice, std::span<const Signal> signals, const Opinions& opinions,
                            const DraftSizes& sizes) {
    Builder builder;
    take_logprobs(choice, builder);
    take_final_answer(choice, opinions, builder);
    take_second(signals, opinions, sizes, builder);
    take_scores(signals, builder);
    builder.set(DraftMeasure::DraftLength, length_of(sizes.draft));
    builder.set(DraftMeasure::PromptLength, length_of(sizes.prompt));
    builder.set(DraftMeasure::AgreesSurely, builder.get(DraftMeasure::Agrees) * builder.get(DraftMeasure::MeanLogOdds));
    return builder.measures();
}

}  // namespace tierway::cascade
