#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tierway/lab/sparse_rows.hpp"

namespace tierway::lab {

/// What is to be learned: which of the classes each row belongs to.
struct LogisticProblem {
    const SparseRows* rows = nullptr;
    std::span<const std::size_t> use;           ///< Which rows take part, by index; a fold is fitted without copying.
    std::span<const std::uint32_t> labels;      ///< Of every row of `rows`: 0 … classes - 1.
    std::span<const float> weights;             ///< Of every row; empty: each counts 1.
    std::size_t classes = 2;                    ///< 2 to 64.
    std::size_t columns = 0;                    ///< Every feature's slot is below this.
};

struct LogisticOptions {
    /// The inverse of the regularisation: minimised is C · Σ weight · loss + ½ ‖w‖². Intercepts are not regularised.
    double c = 1.0;
    int iterations_max = 200;
    /// The end is reached when no entry of the gradient of the mean loss is beyond this.
    double tolerance = 1e-4;
};

/// A fitted model. With two classes there is one output, the log-odds of class 1; with more there is one for each class, whose
/// softmax are the probabilities.
struct LogisticModel {
    std::size_t classes = 0;
    std::size_t outputs = 0;
    std::vector<float> weights;     ///< By column, the outputs of one column side by side.
    std::vector<float> intercepts;  ///< By output.
    int iterations = 0;
    bool converged = false;  ///< Whether the tolerance was reached, and not only the last iteration.

    /// Writes `outputs` scores.
    void scores(std::span<const HashedFeature> row, std::span<double> out) const;
    /// Writes `classes` probabilities.
    void probabilities(std::span<const HashedFeature> row, std::span<double> out) const;
};

/// L2-regularised logistic regression, binary or multinomial, by limited-memory BFGS. Deterministic; single-threaded. The problem is
/// convex, so the solution does not depend on where it starts (at zero).
/// REQUIRES: `use` is not empty, indices, labels and slots are within their bounds, weights are finite and not negative.
LogisticModel fit_logistic(const LogisticProblem& problem, const LogisticOptions& options = {});

/// Softmax in place: scores become probabilities.
void softmax(std::span<double> scores) noexcept;

/// Weights of rows that make up for rare classes: (mean size of a class / size of the row's class) ^ exponent. 1: every class counts
/// the same in all; 0: every row does. Classes without rows are left out of the mean. Entries of rows that are not used are 1.
std::vector<float> balanced_weights(std::span<const std::size_t> use, std::span<const std::uint32_t> labels, std::size_t classes,
                                    double exponent);

}  // namespace tierway::lab
