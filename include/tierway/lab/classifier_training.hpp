#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/config/classifier_model.hpp"
#include "tierway/lab/classification_report.hpp"
#include "tierway/lab/labelled_prompts.hpp"

namespace tierway::lab {

/// The defaults were chosen by cross-validation on real users' prompts (docs/learning.md says what was tried).
struct ClassifierTrainingOptions {
    config::ClassifierRecipe recipe;
    double c = 25.0;                  ///< As `LogisticOptions::c`.
    double balance = 1.0;             ///< As the exponent of `balanced_weights`.
    std::size_t folds = 5;            ///< Of the cross-validation: 2 to 20.
    double min_confidence = 0.5;      ///< At which coverage is reported.
    std::string judged_origin;        ///< Only rows of this origin are scored; the others are trained with. Empty: all are.
    NameMap groups;                   ///< Scores are reported a second time with the labels merged so; empty: they are not.
};

/// How a model that has seen no row of a source does on that source.
struct SourceScores {
    std::string source;
    ClassificationReport report;
    std::optional<ClassificationReport> grouped;  ///< With `groups`.
};

struct ClassifierTraining {
    config::TrainedClassifier model;  ///< Trained on all rows, its temperature fitted to the held-out ones.
    std::size_t rows = 0;             ///< Trained with.
    ClassificationReport report;      ///< Of rows that the fold's model had not seen.
    double calibration_error_before = 0.0;        ///< That of the report before the temperature.
    std::optional<ClassificationReport> grouped;  ///< With `groups`.
    std::vector<SourceScores> left_out;           ///< By source with at least 20 scored rows, when there are several.
};

/// Told of each model that is begun: what it is, how many were fitted, how many there are to fit.
using TrainingProgress = std::function<void(std::string_view what, std::size_t done, std::size_t of)>;

/// Trains, calibrates and cross-validates. Deterministic. Errors: there are too few rows or labels to learn from.
Result<ClassifierTraining> train_classifier(std::span<const LabelledPrompt> prompts, const ClassifierTrainingOptions& options,
                                            const TrainingProgress& progress);

}  // namespace tierway::lab
