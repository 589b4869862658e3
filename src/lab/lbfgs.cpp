#include "lab/lbfgs.hpp"

#include <array>
#include <utility>

namespace tierway::lab {
namespace {

void add_scaled(std::span<float> to, double factor, std::span<const float> from) noexcept {
    const auto scale = static_cast<float>(factor);
    for (std::size_t i = 0; i < to.size(); ++i) {
        to[i] += scale * from[i];
    }
}

}  // namespace

double dot(std::span<const float> a, std::span<const float> b) noexcept {
    // Four sums at once: one alone would wait for each addition.
    std::array<double, 4> sums{};
    std::size_t i = 0;
    for (; i + 4 <= a.size(); i += 4) {
        for (std::size_t lane = 0; lane < 4; ++lane) {
            sums[lane] += static_cast<double>(a[i + lane]) * static_cast<double>(b[i + lane]);
        }
    }
    for (; i < a.size(); ++i) {
        sums[0] += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    }
    return sums[0] + sums[1] + sums[2] + sums[3];
}

void LbfgsMemory::remember(std::vector<float> step, std::vector<float> gradient_change) {
    const double product = dot(step, gradient_change);
    if (!(product > 0.0)) {
        return;
    }
    if (pairs_.size() == kStepsKept) {
        pairs_.pop_front();
    }
    pairs_.push_back({std::move(step), std::move(gradient_change), 1.0 / product});
}

void LbfgsMemory::to_direction(std::span<float> gradient) const {
    std::array<double, kStepsKept> alphas{};
    for (std::size_t i = pairs_.size(); i-- > 0;) {
        alphas[i] = pairs_[i].inverse_product * dot(pairs_[i].step, gradient);
        add_scaled(gradient, -alphas[i], pairs_[i].change);
    }
    double scale = -1.0;
    if (!pairs_.empty()) {
        scale = -1.0 / (pairs_.back().inverse_product * dot(pairs_.back().change, pairs_.back().change));
    }
    for (float& entry : gradient) {
        entry *= static_cast<float>(scale);
    }
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
        // The direction is the negated product, hence the signs.
        const double beta = pairs_[i].inverse_product * dot(pairs_[i].change, gradient);
        add_scaled(gradient, -alphas[i] - beta, pairs_[i].step);
    }
}

}  // namespace tierway::lab
