#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tierway/lab/outcome.hpp"
#include "tierway/lab/replay.hpp"

namespace tierway::app {

/// What the commands of the lab begin with: a configuration and recorded outcomes.
struct LabInputs {
    lab::DecisionCore core;  ///< Without what was learnt of its classes.
    std::vector<lab::Outcome> outcomes;
};

/// Reads them. Empty, and every problem told on standard error, when a file is wrong.
std::optional<LabInputs> read_lab_inputs(const std::string& config_file, const std::vector<std::string>& data_files);

}  // namespace tierway::app
