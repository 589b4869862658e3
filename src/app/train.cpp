#include "app/train.hpp"

#include <unistd.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/exit_codes.hpp"
#include "tierway/config/classifier_model.hpp"
#include "tierway/lab/classifier_card.hpp"
#include "tierway/lab/classifier_training.hpp"
#include "tierway/lab/labelled_prompts.hpp"

namespace tierway::app {
namespace {

using nlohmann::ordered_json;

ordered_json report_json(const lab::ClassificationReport& report) {
    ordered_json json{{"rows", report.rows},
                      {"accuracy", report.accuracy},
                      {"accuracy_error", report.accuracy_error},
                      {"macro_f1", report.macro_f1},
                      {"top_two", report.top_two},
                      {"log_loss", report.log_loss},
                      {"ece", report.calibration_error},
                      {"min_confidence", report.min_confidence},
                      {"coverage", report.coverage},
                      {"covered_accuracy", report.covered_accuracy}};
    const std::size_t classes = report.classes.size();
    for (std::size_t truth = 0; truth < classes; ++truth) {
        const lab::ClassScores& scores = report.classes[truth];
        ordered_json& entry = json["classes"][scores.name];
        entry = {{"rows", scores.rows}, {"precision", scores.precision()}, {"recall", scores.recall()}, {"f1", scores.f1()}};
        for (std::size_t said = 0; said < classes; ++said) {
            entry["taken_for"][report.classes[said].name] = report.confusion[truth * classes + said];
        }
    }
    return json;
}

ordered_json training_json(const lab::ClassifierTraining& training) {
    ordered_json json{{"rows", training.rows},
                      {"temperature", training.model.temperature},
                      {"ece_before", training.calibration_error_before},
                      {"held_out", report_json(training.report)}};
    if (training.grouped) {
        json["merged"] = report_json(*training.grouped);
    }
    for (const lab::SourceScores& scores : training.left_out) {
        json["left_out"][scores.source] = report_json(scores.report);
        if (scores.grouped) {
            json["left_out"][scores.source]["merged"] = report_json(*scores.grouped);
        }
    }
    return json;
}

/// Rows of other origins are dropped. Empty when it was told what is wrong.
std::optional<std::vector<lab::LabelledPrompt>> read_rows(const TrainClassifierOptions& options) {
    lab::NameMap names;
    if (!options.classes_file.empty()) {
        auto read = lab::read_name_map(options.classes_file);
        if (!read) {
            std::cerr << read.error().message() << '\n';
            return std::nullopt;
        }
        names = *std::move(read);
    }
    std::ifstream file(options.data_file, std::ios::binary);
    if (!file) {
        std::cerr << options.data_file << " cannot be read.\n";
        return std::nullopt;
    }
    lab::LabelledPrompts prompts = lab::read_labelled_prompts(file, options.data_file, options.field, names);
    for (const config::Problem& problem : prompts.problems) {
        std::cerr << problem.to_string() << '\n';
    }
    if (!prompts.problems.empty()) {
        return std::nullopt;
    }
    if (!options.origin.empty()) {
        std::erase_if(prompts.rows, [&](const lab::LabelledPrompt& row) { return row.origin != options.origin; });
    }
    return std::move(prompts.rows);
}

/// One line that is written over and over, on a terminal alone.
void show_progress(std::string_view what, std::size_t done, std::size_t of) {
    if (::isatty(STDERR_FILENO) == 0) {
        return;
    }
    std::cerr << "\r\033[K" << done << '/' << of << ' ' << what << std::flush;
    if (done == of) {
        std::cerr << '\n';
    }
}

bool write_card(const TrainClassifierOptions& options, std::span<const lab::LabelledPrompt> rows,
                const lab::ClassifierTraining& training) {
    std::string notes = "# Model card\n";
    if (!options.notes_file.empty()) {
        std::ifstream file(options.notes_file, std::ios::binary);
        notes.assign(std::istreambuf_iterator<char>(file), {});
        if (!file || notes.empty()) {
            std::cerr << options.notes_file << " cannot be read, or is empty.\n";
            return false;
        }
    }
    std::ofstream card(options.card_file, std::ios::binary);
    card << notes << "\n## Data\n\n" << lab::data_table(rows) << '\n' << lab::training_report(training);
    if (!card.flush()) {
        std::cerr << options.card_file << " cannot be written.\n";
        return false;
    }
    return true;
}

}  // namespace

int train_classifier(const TrainClassifierOptions& options) {
    lab::ClassifierTrainingOptions training_options;
    training_options.folds = options.folds;
    training_options.min_confidence = options.min_confidence;
    training_options.judged_origin = options.judge_origin;
    if (!options.groups_file.empty()) {
        auto groups = lab::read_name_map(options.groups_file);
        if (!groups) {
            std::cerr << groups.error().message() << '\n';
            return kWrongUsage;
        }
        training_options.groups = *std::move(groups);
    }
    const auto rows = read_rows(options);
    if (!rows) {
        return kWrongUsage;
    }
    const auto training = lab::train_classifier(*rows, training_options, show_progress);
    if (!training) {
        std::cerr << training.error().message() << '\n';
        return kWrongUsage;
    }
    if (const auto written = config::write_classifier_model(training->model, options.out_file); !written) {
        std::cerr << written.error().message() << '\n';
        return kFailed;
    }
    if (!options.card_file.empty() && !write_card(options, *rows, *training)) {
        return kFailed;
    }
    if (options.json) {
        std::cout << training_json(*training).dump(2, ' ', false, ordered_json::error_handler_t::replace) << '\n';
    } else {
        std::cout << lab::training_report(*training);
    }
    return kFine;
}

}  // namespace tierway::app
