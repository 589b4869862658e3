#include "classify/model_score.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace tierway::classify {
namespace {

constexpr std::size_t kLanes = config::ClassifierModel::kLanes;

// Sixteen numbers at once, which the compiler makes of the vectors that the processor has. Widened step by step, because there it does
// as well as one would by hand.
using Bytes = std::int8_t __attribute__((vector_size(kLanes)));
using Shorts = std::int16_t __attribute__((vector_size(2 * kLanes)));
using Integers = std::int32_t __attribute__((vector_size(4 * kLanes)));
using Floats = float __attribute__((vector_size(4 * kLanes)));

/// Adds up the values times the weights of the labels from `first` on.
void add_lanes(const std::int8_t* weights, std::size_t stride, std::span<const HashedFeature> columns, float* sums) noexcept {
    Floats total{};
    for (const HashedFeature& feature : columns) {
        Bytes bytes;
        std::memcpy(&bytes, weights + std::size_t{feature.slot} * stride, sizeof bytes);
        const auto integers = __builtin_convertvector(__builtin_convertvector(bytes, Shorts), Integers);
        total += __builtin_convertvector(integers, Floats) * feature.value;
    }
    std::memcpy(sums, &total, sizeof total);
}

}  // namespace

void label_probabilities(const config::ClassifierModel& model, std::span<const HashedFeature> columns, LabelNumbers& probabilities) {
    const std::size_t labels = model.labels().size();
    for (std::size_t first = 0; first < labels; first += kLanes) {
        add_lanes(model.weights().data() + first, model.stride(), columns, probabilities.data() + first);
    }
    float most = -INFINITY;
    for (std::size_t label = 0; label < labels; ++label) {
        float& score = probabilities[label];
        score = (model.intercepts()[label] + model.scales()[label] * score) / model.temperature();
        most = std::max(most, score);
    }
    float sum = 0.0F;
    for (std::size_t label = 0; label < labels; ++label) {
        probabilities[label] = std::exp(probabilities[label] - most);
        sum += probabilities[label];
    }
    for (std::size_t label = 0; label < labels; ++label) {
        probabilities[label] /= sum;
    }
}

}  // namespace tierway::classify
