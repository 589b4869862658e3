#include "tierway/lab/logistic_regression.hpp"

#include <algorithm>
#include <cmath>

#include "lab/lbfgs.hpp"
#include "tierway/base/assert.hpp"

namespace tierway::lab {
namespace {

/// The rows that take part, with the columns that any of them fills, counted anew from the commonest on: the weights of those lie
/// together, and slots that nothing fills cost nothing.
struct Table {
    SparseRows rows;
    std::vector<std::uint32_t> labels;
    std::vector<double> weights;
    double weight_sum = 0.0;
    std::vector<std::uint32_t> slots;  ///< Of each column.
};

std::vector<std::uint32_t> slots_by_frequency(const LogisticProblem& problem) {
    std::vector<std::uint32_t> counts(problem.columns);
    for (const std::size_t index : problem.use) {
        for (const HashedFeature& feature : problem.rows->row(index)) {
            ++counts[feature.slot];
        }
    }
    std::vector<std::uint32_t> slots;
    for (std::uint32_t slot = 0; slot < counts.size(); ++slot) {
        if (counts[slot] > 0) {
            slots.push_back(slot);
        }
    }
    std::stable_sort(slots.begin(), slots.end(), [&](std::uint32_t a, std::uint32_t b) { return counts[a] > counts[b]; });
    return slots;
}

Table table_of(const LogisticProblem& problem) {
    Table table;
    table.slots = slots_by_frequency(problem);
    std::vector<std::uint32_t> column_of(problem.columns);
    for (std::uint32_t column = 0; column < table.slots.size(); ++column) {
        column_of[table.slots[column]] = column;
    }
    std::vector<HashedFeature> row;
    for (const std::size_t index : problem.use) {
        row.clear();
        for (const HashedFeature& feature : problem.rows->row(index)) {
            row.push_back({column_of[feature.slot], feature.value});
        }
        table.rows.add(row);
        table.labels.push_back(problem.labels[index]);
        table.weights.push_back(problem.weights.empty() ? 1.0 : static_cast<double>(problem.weights[index]));
        table.weight_sum += table.weights.back();
    }
    return table;
}

/// log(1 + exp(x)) without overflow.
double softplus(double x) noexcept {
    return x > 0.0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
}

/// The loss of one row, and what its scores pull at: probability minus truth, in place of the scores.
double loss_of(std::span<double> scores, std::uint32_t label) noexcept {
    if (scores.size() == 1) {
        const double score = label == 1 ? scores[0] : -scores[0];
        const double loss = softplus(-score);
        const double wrong = -std::expm1(-loss);
        scores[0] = label == 1 ? -wrong : wrong;
        return loss;
    }
    const double most = *std::max_element(scores.begin(), scores.end());
    const double right = scores[label];
    double sum = 0.0;
    for (double& score : scores) {
        score = std::exp(score - most);
        sum += score;
    }
    for (double& score : scores) {
        score /= sum;
    }
    scores[label] -= 1.0;
    return std::log(sum) + most - right;
}

/// The mean regularised loss and its gradient. `Width` is the number of outputs rounded up to a multiple of four, so that
/// the innermost loops have a fixed length; the outputs beyond stay zero. Parameters are columns × Width weights, then Width
/// intercepts.
template <std::size_t Width>
class Objective {
public:
    Objective(const Table& table, std::size_t outputs, double c)
        : table_(table), outputs_(outputs), ridge_(1.0 / (c * table.weight_sum)) {}

    [[nodiscard]] std::size_t parameters() const noexcept { return (table_.slots.size() + 1) * Width; }

    /// Writes rows × Width scores; they are linear in the parameters.
    void scores(std::span<const float> parameters, std::vector<float>& scores) const {
        scores.resize(table_.rows.size() * Width);
        const float* const intercepts = parameters.data() + table_.slots.size() * Width;
        for (std::size_t row = 0; row < table_.rows.size(); ++row) {
            float sums[Width];
            std::copy(intercepts, intercepts + Width, sums);
            for (const HashedFeature& feature : table_.rows.row(row)) {
                const float* const weights = parameters.data() + std::size_t{feature.slot} * Width;
                for (std::size_t lane = 0; lane < Width; ++lane) {
                    sums[lane] += feature.value * weights[lane];
                }
            }
            std::copy(sums, sums + Width, scores.data() + row * Width);
        }
    }

    /// \param pulls receives, when it is not null, how the mean loss changes with each score.
    double loss(std::span<const float> parameters, const std::vector<float>& scores, std::vector<float>* pulls) const {
        double sum = 0.0;
        std::vector<double> row_scores(outputs_);
        if (pulls != nullptr) {
            pulls->assign(scores.size(), 0.0F);
        }
        for (std::size_t row = 0; row < table_.rows.size(); ++row) {
            std::copy_n(scores.data() + row * Width, outputs_, row_scores.begin());
            sum += table_.weights[row] * loss_of(row_scores, table_.labels[row]);
            for (std::size_t output = 0; pulls != nullptr && output < outputs_; ++output) {
                (*pulls)[row * Width + output] = static_cast<float>(row_scores[output] * table_.weights[row] / table_.weight_sum);
            }
        }
        const auto weights = parameters.first(table_.slots.size() * Width);
        return sum / table_.weight_sum + 0.5 * ridge_ * dot(weights, weights);
    }

    void gradient(std::span<const float> parameters, const std::vector<float>& pulls, std::vector<float>& gradient) const {
        gradient.assign(parameters.size(), 0.0F);
        float* const intercepts = gradient.data() + table_.slots.size() * Width;
        for (std::size_t row = 0; row < table_.rows.size(); ++row) {
            const float* const pull = pulls.data() + row * Width;
            for (const HashedFeature& feature : table_.rows.row(row)) {
                float* const to = gradient.data() + std::size_t{feature.slot} * Width;
                for (std::size_t lane = 0; lane < Width; ++lane) {
                    to[lane] += feature.value * pull[lane];
                }
            }
            for (std::size_t lane = 0; lane < Width; ++lane) {
                intercepts[lane] += pull[lane];
            }
        }
        const auto ridge = static_cast<float>(ridge_);
        for (std::size_t i = 0; i < table_.slots.size() * Width; ++i) {
            gradient[i] += ridge * parameters[i];
        }
    }

private:
    const Table& table_;
    std::size_t outputs_;
    double ridge_;
};

float largest_entry(const std::vector<float>& values) noexcept {
    float largest = 0.0F;
    for (const float value : values) {
        largest = std::max(largest, std::abs(value));
    }
    return largest;
}

struct Solution {
    std::vector<float> parameters;
    int iterations = 0;
    bool converged = false;
};

/// Where the search is, and what is known there.
struct Point {
    std::vector<float> parameters;
    std::vector<float> scores;
    double loss = 0.0;
};

std::vector<float> moved(const std::vector<float>& from, double step, const std::vector<float>& direction) {
    std::vector<float> to(from.size());
    const auto factor = static_cast<float>(step);
    for (std::size_t i = 0; i < from.size(); ++i) {
        to[i] = from[i] + factor * direction[i];
    }
    return to;
}

/// The first of 1, 1/2, 1/4 … steps that lowers the loss enough. The scores move in a line, so a try costs no pass over the rows.
/// False when rounding lets none through: the minimum is as near as single precision tells.
template <std::size_t Width>
bool search_along(const Objective<Width>& objective, const std::vector<float>& direction, double slope, Point& point) {
    constexpr double kEnough = 1e-4;
    constexpr double kStepMin = 1e-6;
    std::vector<float> direction_scores;
    objective.scores(direction, direction_scores);
    for (double step = 1.0; step > kStepMin; step /= 2) {
        Point next;
        next.parameters = moved(point.parameters, step, direction);
        next.scores = moved(point.scores, step, direction_scores);
        next.loss = objective.loss(next.parameters, next.scores, nullptr);
        if (next.loss <= point.loss + kEnough * step * slope && next.loss < point.loss) {
            point = std::move(next);
            return true;
        }
    }
    return false;
}

template <std::size_t Width>
Solution minimise(const Table& table, std::size_t outputs, const LogisticOptions& options) {
    const Objective<Width> objective(table, outputs, options.c);
    Point point;
    point.parameters.assign(objective.parameters(), 0.0F);
    std::vector<float> pulls;
    std::vector<float> gradient;
    objective.scores(point.parameters, point.scores);
    point.loss = objective.loss(point.parameters, point.scores, &pulls);
    objective.gradient(point.parameters, pulls, gradient);

    LbfgsMemory memory;
    Solution solution;
    while (solution.iterations < options.iterations_max) {
        solution.converged = static_cast<double>(largest_entry(gradient)) <= options.tolerance;
        if (solution.converged) {
            break;
        }
        ++solution.iterations;
        std::vector<float> direction = gradient;
        memory.to_direction(direction);
        const std::vector<float> before = point.parameters;
        if (!search_along(objective, direction, dot(direction, gradient), point)) {
            if (memory.empty()) {
                break;
            }
            memory.forget();
            continue;
        }
        objective.loss(point.parameters, point.scores, &pulls);
        std::vector<float> next_gradient;
        objective.gradient(point.parameters, pulls, next_gradient);
        memory.remember(moved(point.parameters, -1.0, before), moved(next_gradient, -1.0, gradient));
        gradient = std::move(next_gradient);
    }
    solution.parameters = std::move(point.parameters);
    return solution;
}

Solution solve(const Table& table, std::size_t outputs, const LogisticOptions& options) {
    switch ((outputs + 3) / 4) {
        case 1:
            return outputs == 1 ? minimise<1>(table, outputs, options) : minimise<4>(table, outputs, options);
        case 2:
            return minimise<8>(table, outputs, options);
        case 3:
            return minimise<12>(table, outputs, options);
        case 4:
            return minimise<16>(table, outputs, options);
        default:
            return outputs <= 32 ? minimise<32>(table, outputs, options) : minimise<64>(table, outputs, options);
    }
}

std::size_t width_of(std::size_t outputs) noexcept {
    return outputs == 1 ? 1 : outputs <= 16 ? (outputs + 3) / 4 * 4 : outputs <= 32 ? 32 : 64;
}

}  // namespace

void softmax(std::span<double> scores) noexcept {
    const double most = *std::max_element(scores.begin(), scores.end());
    double sum = 0.0;
    for (double& score : scores) {
        score = std::exp(score - most);
        sum += score;
    }
    for (double& score : scores) {
        score /= sum;
    }
}

void LogisticModel::scores(std::span<const HashedFeature> row, std::span<double> out) const {
    std::copy(intercepts.begin(), intercepts.end(), out.begin());
    for (const HashedFeature& feature : row) {
        const float* const of_column = weights.data() + std::size_t{feature.slot} * outputs;
        for (std::size_t output = 0; output < outputs; ++output) {
            out[output] += static_cast<double>(feature.value) * static_cast<double>(of_column[output]);
        }
    }
}

void LogisticModel::probabilities(std::span<const HashedFeature> row, std::span<double> out) const {
    if (outputs == 1) {
        scores(row, out.subspan(1, 1));
        out[0] = 0.0;
    } else {
        scores(row, out);
    }
    softmax(out.first(classes));
}

LogisticModel fit_logistic(const LogisticProblem& problem, const LogisticOptions& options) {
    TIERWAY_ASSERT(!problem.use.empty() && problem.classes >= 2 && problem.classes <= 64);
    const Table table = table_of(problem);
    LogisticModel model;
    model.classes = problem.classes;
    model.outputs = problem.classes == 2 ? 1 : problem.classes;
    const Solution solution = solve(table, model.outputs, options);
    model.iterations = solution.iterations;
    model.converged = solution.converged;
    model.weights.resize(problem.columns * model.outputs);
    const std::size_t width = width_of(model.outputs);
    for (std::size_t column = 0; column < table.slots.size(); ++column) {
        std::copy_n(solution.parameters.begin() + static_cast<std::ptrdiff_t>(column * width), model.outputs,
                    model.weights.begin() + static_cast<std::ptrdiff_t>(std::size_t{table.slots[column]} * model.outputs));
    }
    const auto intercepts = solution.parameters.begin() + static_cast<std::ptrdiff_t>(table.slots.size() * width);
    model.intercepts.assign(intercepts, intercepts + static_cast<std::ptrdiff_t>(model.outputs));
    return model;
}

std::vector<float> balanced_weights(std::span<const std::size_t> use, std::span<const std::uint32_t> labels, std::size_t classes,
                                    double exponent) {
    std::vector<double> sizes(classes);
    for (const std::size_t index : use) {
        sizes[labels[index]] += 1.0;
    }
    const auto filled = std::count_if(sizes.begin(), sizes.end(), [](double size) { return size > 0.0; });
    const double mean = static_cast<double>(use.size()) / static_cast<double>(std::max<std::ptrdiff_t>(filled, 1));
    std::vector<float> weights(labels.size(), 1.0F);
    for (const std::size_t index : use) {
        weights[index] = static_cast<float>(std::pow(mean / sizes[labels[index]], exponent));
    }
    return weights;
}

}  // namespace tierway::lab
