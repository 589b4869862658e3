#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tierway/decision/calibration.hpp"
#include "tierway/lab/observation.hpp"

namespace tierway::lab {

/// The folds that held-out chances are predicted by.
inline constexpr std::size_t kInnerFolds = 5;

/// Fits the chances of both answers to what the drafts show; without maps. \param use which observations take part.
decision::DraftModel fit_draft_model(std::span<const Observation> observations, std::span<const std::size_t> use);

/// Which n-grams of the ask are looked at.
enum class AskWords : std::uint8_t { Words, WordsAndCharacters };

/// Fits the chances of both answers to what the asks say.
decision::AskModel fit_ask_model(std::span<const Observation> observations, std::span<const std::size_t> use, AskWords words);

/// Chances of every observation, predicted by a model that was fitted on the other folds.
std::vector<decision::Chances> held_out_draft_chances(std::span<const Observation> observations, std::uint64_t seed);
std::vector<decision::Chances> held_out_ask_chances(std::span<const Observation> observations, AskWords words, std::uint64_t seed);

/// How well the expected gains rank the observations: the average performance gap recovered; 0.5 where there is no gap.
double rank_quality(std::span<const Observation> observations, std::span<const decision::Chances> chances);

}  // namespace tierway::lab
