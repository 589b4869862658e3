#include "tierway/lab/classifier_training.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "tierway/classify/model_features.hpp"
#include "tierway/lab/folds.hpp"
#include "tierway/lab/logistic_regression.hpp"
#include "tierway/lab/temperature.hpp"

namespace tierway::lab {
namespace {

constexpr std::size_t kRowsMin = 20;
constexpr std::size_t kSourceRowsMin = 20;
constexpr std::size_t kFoldsMin = 2;
constexpr std::size_t kFoldsMax = 20;
/// Regularised well before that; more steps change no score's second decimal.
constexpr int kIterationsMax = 150;
constexpr double kTolerance = 2e-4;

Error cannot_train(const std::string& why) {
    return Error::downstream(ErrorKind::InvalidRequest, "cannot_train", why);
}

/// Scores of rows by a model that did not see them.
struct HeldOut {
    std::vector<double> scores;  ///< rows × labels.
    std::vector<std::uint32_t> labels;
};

class Trainer {
public:
    Trainer(std::span<const LabelledPrompt> prompts, const ClassifierTrainingOptions& options, const TrainingProgress& progress)
        : prompts_(prompts), options_(options), progress_(progress) {
        std::set<std::string> names;
        for (const LabelledPrompt& prompt : prompts) {
            names.insert(prompt.label);
        }
        names_.assign(names.begin(), names.end());
        classify::ModelScratch scratch;
        std::vector<HashedFeature> columns;
        for (const LabelledPrompt& prompt : prompts) {
            classify::model_features(prompt.features, options.recipe, scratch, columns);
            rows_.add(columns);
            labels_.push_back(static_cast<std::uint32_t>(std::distance(names.begin(), names.find(prompt.label))));
        }
    }

    Result<ClassifierTraining> train() {
        if (auto fine = check(); !fine) {
            return fine.error();
        }
        sources_ = sources_to_leave_out();
        fits_ = options_.folds + sources_.size() + 1;
        ClassifierTraining training;
        training.rows = prompts_.size();
        const HeldOut held_out = cross_validate();
        const double temperature = fit_temperature(held_out.scores, held_out.labels, names_.size());
        const auto predictions = predictions_of(held_out, temperature);
        training.report = report_classification(predictions, names_, options_.min_confidence);
        training.calibration_error_before =
            report_classification(predictions_of(held_out, 1.0), names_, options_.min_confidence).calibration_error;
        training.grouped = report_grouped(predictions);
        for (const std::string& source : sources_) {
            training.left_out.push_back(leave_out(source, temperature));
        }
        training.model = fit_whole(temperature);
        progress_("done", fits_, fits_);
        return training;
    }

private:
    [[nodiscard]] bool is_judged(std::size_t row) const {
        return options_.judged_origin.empty() || prompts_[row].origin == options_.judged_origin;
    }

    [[nodiscard]] Result<void> check() const {
        if (options_.folds < kFoldsMin || options_.folds > kFoldsMax) {
            return cannot_train("There are 2 to 20 folds.");
        }
        if (names_.size() < 2 || names_.size() > config::ClassifierModel::kLabelsMax) {
            return cannot_train("The rows have " + std::to_string(names_.size()) + " different classes; a classifier has 2 to " +
                                std::to_string(config::ClassifierModel::kLabelsMax) + ".");
        }
        std::size_t judged = 0;
        for (std::size_t row = 0; row < prompts_.size(); ++row) {
            judged += is_judged(row) ? 1 : 0;
        }
        if (judged < kRowsMin) {
            return cannot_train("There are " + std::to_string(judged) + " rows to judge a classifier by; at least " +
                                std::to_string(kRowsMin) + " are needed.");
        }
        return {};
    }

    [[nodiscard]] LogisticModel fit(const std::vector<std::size_t>& use, std::string_view what) {
        progress_(what, fitted_++, fits_);
        const std::vector<float> weights = balanced_weights(use, labels_, names_.size(), options_.balance);
        LogisticProblem problem;
        problem.rows = &rows_;
        problem.use = use;
        problem.labels = labels_;
        problem.weights = weights;
        problem.classes = names_.size();
        problem.columns = options_.recipe.columns();
        return fit_logistic(problem, {.c = options_.c, .iterations_max = kIterationsMax, .tolerance = kTolerance});
    }

    /// One score for each label. A binary model has one alone: that of the second label against the first.
    void add_scores(const LogisticModel& model, std::size_t row, HeldOut& held_out) const {
        held_out.labels.push_back(labels_[row]);
        const std::size_t begin = held_out.scores.size();
        held_out.scores.resize(begin + names_.size());
        model.scores(rows_.row(row), std::span(held_out.scores).subspan(begin + names_.size() - model.outputs));
    }

    HeldOut cross_validate() {
        HeldOut held_out;
        for (std::size_t fold = 0; fold < options_.folds; ++fold) {
            std::vector<std::size_t> use;
            std::vector<std::size_t> rest;
            for (std::size_t row = 0; row < prompts_.size(); ++row) {
                const bool held = is_judged(row) && fold_of(prompts_[row].id, options_.folds) == fold;
                (held ? rest : use).push_back(row);
            }
            if (use.empty() || rest.empty()) {
                continue;
            }
            const LogisticModel model = fit(use, "cross-validation");
            for (const std::size_t row : rest) {
                add_scores(model, row, held_out);
            }
        }
        return held_out;
    }

    [[nodiscard]] std::vector<Prediction> predictions_of(const HeldOut& held_out, double temperature) const {
        std::vector<Prediction> predictions;
        const std::size_t labels = names_.size();
        for (std::size_t row = 0; row < held_out.labels.size(); ++row) {
            Prediction& prediction = predictions.emplace_back();
            prediction.truth = held_out.labels[row];
            for (std::size_t label = 0; label < labels; ++label) {
                prediction.probabilities.push_back(held_out.scores[row * labels + label] / temperature);
            }
            softmax(prediction.probabilities);
        }
        return predictions;
    }

    /// Empty without groups.
    [[nodiscard]] std::optional<ClassificationReport> report_grouped(std::span<const Prediction> predictions) const {
        if (options_.groups.empty()) {
            return std::nullopt;
        }
        std::vector<std::string> group_names;
        std::vector<std::uint32_t> group_of;
        for (const std::string& name : names_) {
            const auto mapped = options_.groups.find(name);
            const std::string& group = mapped == options_.groups.end() ? name : mapped->second;
            const auto found = std::find(group_names.begin(), group_names.end(), group);
            group_of.push_back(static_cast<std::uint32_t>(found - group_names.begin()));
            if (found == group_names.end()) {
                group_names.push_back(group);
            }
        }
        return report_classification(grouped(predictions, group_of, group_names.size()), group_names, options_.min_confidence);
    }

    [[nodiscard]] std::vector<std::string> sources_to_leave_out() const {
        std::map<std::string, std::size_t> judged;
        std::set<std::string> all;
        for (std::size_t row = 0; row < prompts_.size(); ++row) {
            all.insert(prompts_[row].source);
            judged[prompts_[row].source] += is_judged(row) ? 1 : 0;
        }
        std::vector<std::string> sources;
        for (const auto& [source, rows] : judged) {
            if (!source.empty() && rows >= kSourceRowsMin && all.size() > 1) {
                sources.push_back(source);
            }
        }
        return sources;
    }

    SourceScores leave_out(const std::string& source, double temperature) {
        std::vector<std::size_t> use;
        for (std::size_t row = 0; row < prompts_.size(); ++row) {
            if (prompts_[row].source != source) {
                use.push_back(row);
            }
        }
        const LogisticModel model = fit(use, "without " + source);
        HeldOut held_out;
        for (std::size_t row = 0; row < prompts_.size(); ++row) {
            if (prompts_[row].source == source && is_judged(row)) {
                add_scores(model, row, held_out);
            }
        }
        const auto predictions = predictions_of(held_out, temperature);
        return {source, report_classification(predictions, names_, options_.min_confidence), report_grouped(predictions)};
    }

    config::TrainedClassifier fit_whole(double temperature) {
        std::vector<std::size_t> all(prompts_.size());
        std::iota(all.begin(), all.end(), std::size_t{0});
        const LogisticModel model = fit(all, "the model itself");
        config::TrainedClassifier trained;
        trained.recipe = options_.recipe;
        trained.labels = names_;
        trained.temperature = static_cast<float>(temperature);
        const std::size_t labels = names_.size();
        const std::size_t first = labels - model.outputs;
        trained.weights.resize(options_.recipe.columns() * labels);
        trained.intercepts.resize(labels);
        for (std::size_t output = 0; output < model.outputs; ++output) {
            for (std::size_t column = 0; column < options_.recipe.columns(); ++column) {
                trained.weights[column * labels + first + output] = model.weights[column * model.outputs + output];
            }
            trained.intercepts[first + output] = model.intercepts[output];
        }
        return trained;
    }

    std::span<const LabelledPrompt> prompts_;
    const ClassifierTrainingOptions& options_;
    const TrainingProgress& progress_;
    std::vector<std::string> names_;  ///< The labels in alphabetical order.
    SparseRows rows_;
    std::vector<std::uint32_t> labels_;
    std::vector<std::string> sources_;
    std::size_t fits_ = 0;
    std::size_t fitted_ = 0;
};

}  // namespace

Result<ClassifierTraining> train_classifier(std::span<const LabelledPrompt> prompts, const ClassifierTrainingOptions& options,
                                            const TrainingProgress& progress) {
    return Trainer(prompts, options, progress).train();
}

}  // namespace tierway::lab
