#pragma once

#include <array>
#include <span>
#include <vector>

#include "tierway/base/ngram_hash.hpp"
#include "tierway/config/classifier_model.hpp"

namespace tierway::classify {

/// One number for each label; those beyond the model's labels mean nothing.
using LabelNumbers = std::array<float, config::ClassifierModel::kLabelsMax>;

/// The probability of each label. REQUIRES: every slot is a column of the model.
void label_probabilities(const config::ClassifierModel& model, std::span<const HashedFeature> columns, LabelNumbers& probabilities);

}  // namespace tierway::classify
