#include "app/lab_inputs.hpp"

#include <iostream>
#include <memory>
#include <utility>

#include "app/serve.hpp"
#include "tierway/config/load.hpp"
#include "tierway/lab/outcome_files.hpp"

namespace tierway::app {

std::optional<LabInputs> read_lab_inputs(const std::string& config_file, const std::vector<std::string>& data_files) {
    const config::LoadResult loaded =
        config::load_file(config_file, config::PriceCatalogue::built_in(), config::process_environment());
    if (!loaded.snapshot) {
        print_problems(loaded);
        return std::nullopt;
    }
    lab::OutcomeSet outcomes = lab::read_outcome_files(data_files);
    if (!outcomes.problems.empty()) {
        for (const config::Problem& problem : outcomes.problems) {
            std::cerr << problem.to_string() << '\n';
        }
        return std::nullopt;
    }
    auto classifier = std::make_shared<const classify::Classifier>(loaded.snapshot);
    return LabInputs{{loaded.snapshot, std::move(classifier), {}}, std::move(outcomes.rows)};
}

}  // namespace tierway::app
