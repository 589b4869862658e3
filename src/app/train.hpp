#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace tierway::app {

struct TrainClassifierOptions {
    std::string data_file;
    std::string out_file;
    std::string field = "class";  ///< The member of a row that holds its class.
    std::string origin;           ///< Only rows of this origin are used; empty: all.
    std::string judge_origin;     ///< Only rows of this origin are scored; empty: all that are used.
    std::string classes_file;     ///< New names for classes, as a JSON object; empty: as labelled.
    std::string groups_file;      ///< Classes to merge in a second report, likewise.
    std::string card_file;        ///< Where the model card goes; empty: nowhere.
    std::string notes_file;       ///< Markdown that the card begins with.
    std::size_t folds = 5;
    double min_confidence = 0.5;
    bool json = false;
};

/// `tierway train classifier`: learns request classes from labelled prompts, prints how well, and writes the model's file.
int train_classifier(const TrainClassifierOptions& options);

}  // namespace tierway::app
