#pragma once

#include <cstddef>
#include <deque>
#include <span>
#include <vector>

namespace tierway::lab {

/// The directions of the limited-memory BFGS method (Nocedal and Wright, algorithm 7.4): remembers how the gradient changed over the
/// last steps, and turns a gradient into a direction to go in. Vectors are of single precision, their products of double.
class LbfgsMemory {
public:
    static constexpr std::size_t kStepsKept = 8;

    /// What a step changed. Steps along which the gradient did not grow are forgotten; a convex function has none but for rounding.
    void remember(std::vector<float> step, std::vector<float> gradient_change);
    /// Replaces the gradient by the direction of descent.
    void to_direction(std::span<float> gradient) const;
    void forget() noexcept { pairs_.clear(); }
    [[nodiscard]] bool empty() const noexcept { return pairs_.empty(); }

private:
    struct Pair {
        std::vector<float> step;
        std::vector<float> change;
        double inverse_product = 0.0;  ///< 1 / (step · change)
    };

    std::deque<Pair> pairs_;
};

double dot(std::span<const float> a, std::span<const float> b) noexcept;

}  // namespace tierway::lab
