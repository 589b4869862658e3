#pragma once

#include <span>
#include <string>

#include "tierway/lab/classifier_training.hpp"
#include "tierway/lab/labelled_prompts.hpp"

namespace tierway::lab {

/// What a training came to, as Markdown that is readable as it stands: scores, also per class and on sources left out, and confusion.
std::string training_report(const ClassifierTraining& training);

/// The rows by source, origin and licence, as a Markdown table.
std::string data_table(std::span<const LabelledPrompt> prompts);

}  // namespace tierway::lab
