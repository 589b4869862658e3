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

/// Fits the chances of both answers to what the asks say.
decision::AskModel fit_ask_model(std::span<const Observation> observations, std::span<const std::size_t> use);

/// Chances of every observation, predicted by a model that was fitted on the other folds.
std::vector<decision::Chances> held_out_draft_chances(std::span<const Observation> observations, std::uint64_t seed);
std::vector<decision::Chances> held_out_ask_chances(std::span<const Observation> observations, std::uint64_t seed);

}  // namespace tierway::lab
