#include "tierway/lab/classification_report.hpp"

#include <algorithm>
#include <cmath>

#include "tierway/lab/reliability.hpp"

namespace tierway::lab {
namespace {

/// A class that was said to be impossible would cost endlessly much.
constexpr double kProbabilityMin = 1e-12;

double share(std::size_t part, std::size_t whole) noexcept {
    return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::size_t likeliest(const std::vector<double>& probabilities) noexcept {
    return static_cast<std::size_t>(std::max_element(probabilities.begin(), probabilities.end()) - probabilities.begin());
}

/// How many classes were likelier than the true one.
std::size_t likelier_than_truth(const Prediction& prediction) noexcept {
    const double truth = prediction.probabilities[prediction.truth];
    return static_cast<std::size_t>(std::count_if(prediction.probabilities.begin(), prediction.probabilities.end(),
                                                  [truth](double probability) { return probability > truth; }));
}

}  // namespace

double ClassScores::precision() const noexcept {
    return share(right, predicted);
}

double ClassScores::recall() const noexcept {
    return share(right, rows);
}

double ClassScores::f1() const noexcept {
    return share(2 * right, rows + predicted);
}

ClassificationReport report_classification(std::span<const Prediction> predictions, std::span<const std::string> names,
                                           double min_confidence) {
    ClassificationReport report;
    report.rows = predictions.size();
    report.min_confidence = min_confidence;
    report.confusion.resize(names.size() * names.size());
    for (const std::string& name : names) {
        report.classes.push_back({name, 0, 0, 0});
    }
    std::vector<Claim> claims;
    std::size_t right = 0;
    std::size_t among_two = 0;
    std::size_t covered = 0;
    std::size_t covered_right = 0;
    double loss = 0.0;
    for (const Prediction& prediction : predictions) {
        const std::size_t said = likeliest(prediction.probabilities);
        const bool is_right = said == prediction.truth;
        const double confidence = prediction.probabilities[said];
        ++report.classes[prediction.truth].rows;
        ++report.classes[said].predicted;
        report.classes[said].right += is_right ? 1 : 0;
        ++report.confusion[prediction.truth * names.size() + said];
        right += is_right ? 1 : 0;
        among_two += likelier_than_truth(prediction) < 2 ? 1 : 0;
        covered += confidence >= min_confidence ? 1 : 0;
        covered_right += confidence >= min_confidence && is_right ? 1 : 0;
        loss -= std::log(std::max(prediction.probabilities[prediction.truth], kProbabilityMin));
        claims.push_back({std::min(confidence, 1.0), is_right});
    }
    report.accuracy = share(right, report.rows);
    report.top_two = share(among_two, report.rows);
    report.coverage = share(covered, report.rows);
    report.covered_accuracy = share(covered_right, covered);
    report.calibration_error = expected_calibration_error(claims).value_or(0.0);
    if (report.rows > 0) {
        const auto rows = static_cast<double>(report.rows);
        report.log_loss = loss / rows;
        report.accuracy_error = std::sqrt(report.accuracy * (1.0 - report.accuracy) / rows);
    }
    std::size_t filled = 0;
    for (const ClassScores& scores : report.classes) {
        filled += scores.rows > 0 ? 1 : 0;
        report.macro_f1 += scores.rows > 0 ? scores.f1() : 0.0;
    }
    report.macro_f1 /= static_cast<double>(std::max<std::size_t>(filled, 1));
    return report;
}

std::vector<Prediction> grouped(std::span<const Prediction> predictions, std::span<const std::uint32_t> group_of,
                                std::size_t groups) {
    std::vector<Prediction> merged;
    merged.reserve(predictions.size());
    for (const Prediction& prediction : predictions) {
        Prediction& to = merged.emplace_back();
        to.truth = group_of[prediction.truth];
        to.probabilities.resize(groups);
        for (std::size_t label = 0; label < prediction.probabilities.size(); ++label) {
            to.probabilities[group_of[label]] += prediction.probabilities[label];
        }
    }
    return merged;
}

}  // namespace tierway::lab
