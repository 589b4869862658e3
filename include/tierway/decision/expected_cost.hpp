#pragma once

#include <cstdint>

#include "tierway/cascade/draft_measures.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/decision/calibration.hpp"
#include "tierway/dialect/chat_answer.hpp"

namespace tierway::decision {

/// The sizes of a draft and its second opinion: the providers' own counts where they tell them.
cascade::DraftSizes sizes_of(const dialect::ChatAnswer& draft, const cascade::Opinions& opinions);

/// What the higher tier's answer is expected to cost, in USD, now that the draft shows how long answers to this prompt are.
double expected_strong_usd(const config::Snapshot& snapshot, const PairCalibration& pair, const cascade::DraftSizes& sizes);

/// How much dearer the higher tier's usual answer to a prompt is than the lower tier's, in USD, before anything is asked.
/// \param prompt_tokens estimated alike for every model and for ever (`dialect::estimate_tokens`), so that the choice depends on
/// the request alone.
double usual_usd_difference(const config::Snapshot& snapshot, const PairCalibration& pair, std::int64_t prompt_tokens);

}  // namespace tierway::decision
