#include "classify/model_score.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace tierway::classify {
namespace {

constexpr std::size_t kLanes = config::ClassifierModel::kLanes;

/// Adds up the values times the weights of sixteen labels. Products and sums are rounded one by one, so that every processor gives
/// the same probabilities to the bit.
void add_lanes(const std::int8_t* weights, std::size_t stride, std::span<const HashedFeature> columns, float* sums) noexcept {
    std::array<float, kLanes> totals{};
    for (const HashedFeature& feature : columns) {
        const std::int8_t* const of_column = weights + std::size_t{feature.slot} * stride;
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            totals[lane] += feature.value * static_cast<float>(of_column[lane]);
        }
    }
    std::copy(totals.begin(), totals.end(), sums);
}

#if defined(__x86_64__)

const bool kHasAvx2 = __builtin_cpu_supports("avx2") != 0;

/// The eight weights from `at` on, times the value.
__attribute__((target("avx2"))) inline __m256 products(const std::int8_t* at, __m256 value) noexcept {
    const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(at));
    return _mm256_mul_ps(_mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(bytes)), value);
}

__attribute__((target("avx2"))) void add_lanes_avx2(const std::int8_t* weights, std::size_t stride,
                                                    std::span<const HashedFeature> columns, float* sums) noexcept {
    __m256 low = _mm256_setzero_ps();
    __m256 high = _mm256_setzero_ps();
    for (const HashedFeature& feature : columns) {
        const std::int8_t* const of_column = weights + std::size_t{feature.slot} * stride;
        const __m256 value = _mm256_set1_ps(feature.value);
        low = _mm256_add_ps(low, products(of_column, value));
        high = _mm256_add_ps(high, products(of_column + 8, value));
    }
    _mm256_storeu_ps(sums, low);
    _mm256_storeu_ps(sums + 8, high);
}

void add_up(const std::int8_t* weights, std::size_t stride, std::span<const HashedFeature> columns, float* sums) noexcept {
    kHasAvx2 ? add_lanes_avx2(weights, stride, columns, sums) : add_lanes(weights, stride, columns, sums);
}

#else

void add_up(const std::int8_t* weights, std::size_t stride, std::span<const HashedFeature> columns, float* sums) noexcept {
    add_lanes(weights, stride, columns, sums);
}

#endif

}  // namespace

void label_probabilities(const config::ClassifierModel& model, std::span<const HashedFeature> columns,
                         LabelNumbers& probabilities) {
    const std::size_t labels = model.labels().size();
    for (std::size_t first = 0; first < labels; first += kLanes) {
        add_up(model.weights().data() + first, model.stride(), columns, probabilities.data() + first);
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
