#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tierway::lab {

/// The number that scores are divided by before the softmax, so that the probabilities are true on rows that were not trained on:
/// the one with the least log loss, between 0.05 and 20. Above 1 the model was too sure of itself.
/// \param scores rows × classes. REQUIRES: at least one row; labels are below `classes`.
double fit_temperature(std::span<const double> scores, std::span<const std::uint32_t> labels, std::size_t classes);

}  // namespace tierway::lab
