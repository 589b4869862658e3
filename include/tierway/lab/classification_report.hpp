#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tierway::lab {

/// What a model said of one row that it had not seen.
struct Prediction {
    std::uint32_t truth = 0;            ///< The class it should have been.
    std::vector<double> probabilities;  ///< By class; they add up to 1.
};

struct ClassScores {
    std::string name;
    std::size_t rows = 0;       ///< Of the class.
    std::size_t predicted = 0;  ///< Rows that were taken for it.
    std::size_t right = 0;      ///< Both.

    /// 0 where there is nothing to divide by.
    [[nodiscard]] double precision() const noexcept;
    [[nodiscard]] double recall() const noexcept;
    [[nodiscard]] double f1() const noexcept;
};

/// How well a classifier does. A class is predicted where its probability is the highest; the first of equals.
struct ClassificationReport {
    std::size_t rows = 0;
    double accuracy = 0.0;
    double accuracy_error = 0.0;  ///< Standard error of the accuracy, as a share of independent rows.
    double top_two = 0.0;         ///< Share of the rows whose class is among the two likeliest.
    double macro_f1 = 0.0;        ///< Over the classes that rows have.
    double log_loss = 0.0;
    double calibration_error = 0.0;  ///< `expected_calibration_error` of the highest probability.
    double min_confidence = 0.5;
    double coverage = 0.0;          ///< Share of the rows whose highest probability is at least that …
    double covered_accuracy = 0.0;  ///< … and the accuracy among them.
    std::vector<ClassScores> classes;
    std::vector<std::size_t> confusion;  ///< classes × classes: rows of the class (first) that were taken for another (second).
};

/// REQUIRES: predictions have as many probabilities as there are names.
ClassificationReport report_classification(std::span<const Prediction> predictions, std::span<const std::string> names,
                                           double min_confidence);

/// The same predictions with classes taken together: `group_of[c]` is the new number of class c. Probabilities are added up.
std::vector<Prediction> grouped(std::span<const Prediction> predictions, std::span<const std::uint32_t> group_of,
                                std::size_t groups);

}  // namespace tierway::lab
