#include "tierway/lab/temperature.hpp"

#include <algorithm>
#include <cmath>

#include "tierway/base/assert.hpp"

namespace tierway::lab {
namespace {

constexpr double kTemperatureMin = 0.05;
constexpr double kTemperatureMax = 20.0;
constexpr int kSteps = 60;

double log_loss(std::span<const double> scores, std::span<const std::uint32_t> labels, std::size_t classes, double sharpness) {
    double loss = 0.0;
    for (std::size_t row = 0; row < labels.size(); ++row) {
        const auto of_row = scores.subspan(row * classes, classes);
        const double most = *std::max_element(of_row.begin(), of_row.end());
        double sum = 0.0;
        for (const double score : of_row) {
            sum += std::exp((score - most) * sharpness);
        }
        loss += std::log(sum) - (of_row[labels[row]] - most) * sharpness;
    }
    return loss;
}

}  // namespace

double fit_temperature(std::span<const double> scores, std::span<const std::uint32_t> labels, std::size_t classes) {
    TIERWAY_ASSERT(!labels.empty() && scores.size() == labels.size() * classes);
    // The loss is convex in the inverse of the temperature, so a section search finds its one minimum.
    double low = 1.0 / kTemperatureMax;
    double high = 1.0 / kTemperatureMin;
    const double golden = (std::sqrt(5.0) - 1.0) / 2.0;
    double left = high - golden * (high - low);
    double right = low + golden * (high - low);
    double left_loss = log_loss(scores, labels, classes, left);
    double right_loss = log_loss(scores, labels, classes, right);
    for (int step = 0; step < kSteps; ++step) {
        if (left_loss < right_loss) {
            high = right;
            right = left;
            right_loss = left_loss;
            left = high - golden * (high - low);
            left_loss = log_loss(scores, labels, classes, left);
        } else {
            low = left;
            left = right;
            left_loss = right_loss;
            right = low + golden * (high - low);
            right_loss = log_loss(scores, labels, classes, right);
        }
    }
    return 2.0 / (low + high);
}

}  // namespace tierway::lab
