#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "tierway/cascade/opinions.hpp"
#include "tierway/cascade/signals.hpp"
#include "tierway/dialect/chat_answer.hpp"

namespace tierway::cascade {

/// What a calibrated class knows of a draft, as numbers: the signals' scores and what lies behind them (ROUTING.md sections A5 and
/// C3: quantiles of the tokens' log-probabilities, lengths, agreement). Absent signals are 0 beside a 0 that says so.
enum class DraftMeasure : std::uint8_t {
    HasLogprobs,
    MeanLogOdds,    ///< Of the mean token's probability.
    WeakestToken,   ///< Its log-probability, at least -10 like the next three.
    Quantile05,
    Quantile25,
    Median,
    DraftLength,    ///< ln(1 + tokens), as all lengths.
    PromptLength,
    HasSecond,      ///< A second opinion was given.
    Agrees,         ///< The share of its samples that give the same final answer.
    SecondIsEmpty,  ///< None of its samples has a final answer.
    SecondLength,
    LengthGap,      ///< Between draft and second opinion.
    HasFinal,       ///< A final answer was found in the draft.
    FinalIsNumber,
    FinalLength,    ///< ln(1 + bytes).
    Structure,
    Completeness,
    Hedging,
    Degenerate,
    Verifier,
    AgreesSurely,   ///< Agrees · MeanLogOdds
    Count
};
inline constexpr std::size_t kDraftMeasures = static_cast<std::size_t>(DraftMeasure::Count);

/// Which measures there are and how they are taken. What was fitted to another version means nothing: a calibration names its own.
inline constexpr std::uint32_t kDraftMeasuresVersion = 1;

using DraftMeasures = std::array<double, kDraftMeasures>;

/// "agrees", "draft_length" …, static storage.
std::string_view name_of(DraftMeasure measure) noexcept;

/// Tokens as the providers count them; where a provider says nothing, `dialect::estimate_tokens` of the text.
struct DraftSizes {
    std::int64_t prompt = 0;
    std::int64_t draft = 0;
    std::int64_t second = 0;  ///< Of all its samples together.
};

/// \param signals of the choice, with those of the opinions.
DraftMeasures measure_draft(const dialect::AnswerChoice& choice, std::span<const Signal> signals, const Opinions& opinions,
                            const DraftSizes& sizes);

}  // namespace tierway::cascade
