#include "app/simulate.hpp"

#include <signal.h>

#include <iostream>
#include <optional>
#include <utility>

#include "app/exit_codes.hpp"
#include "app/listen_option.hpp"
#include "app/ready_file.hpp"
#include "app/serve.hpp"
#include "tierway/lab/outcome_files.hpp"
#include "tierway/simulator/simulator.hpp"

namespace tierway::app {
namespace {

/// Empty and told why when a file is wrong.
std::optional<simulator::Recordings> read_recordings(const std::vector<std::string>& files) {
    lab::OutcomeSet outcomes = lab::read_outcome_files(files);
    for (const config::Problem& problem : outcomes.problems) {
        std::cerr << problem.to_string() << '\n';
    }
    if (!outcomes.problems.empty()) {
        return std::nullopt;
    }
    simulator::Recordings recordings;
    for (lab::Outcome& row : outcomes.rows) {
        for (auto& [model, answer] : row.answers) {
            simulator::Recording recording;
            recording.text = answer.words();
            recording.prompt_tokens = answer.prompt_tokens;
            recording.completion_tokens = answer.completion_tokens;
            recording.token_probability = answer.token_probability;
            recordings.add(model, row.prompt, std::move(recording));
        }
    }
    return recordings;
}

}  // namespace

int simulate(const SimulateOptions& options) {
    const auto endpoint = read_listen_option(options.listen);
    if (!endpoint) {
        std::cerr << "--listen " << options.listen << ": " << endpoint.error().message() << '\n';
        return kWrongUsage;
    }
    std::optional<simulator::Recordings> recordings;
    if (!options.replay_files.empty()) {
        recordings = read_recordings(options.replay_files);
        if (!recordings) {
            return kWrongUsage;
        }
    }
    block_signals();
    auto simulator = recordings
                         ? simulator::Simulator::replay(*std::move(recordings), endpoint->host, endpoint->port)
                         : simulator::Simulator::start(simulator::demo_profiles(), endpoint->host, endpoint->port);
    if (!simulator) {
        std::cerr << simulator.error().message() << '\n';
        return kFailed;
    }
    const std::string address = endpoint->host + ':' + std::to_string((*simulator)->port());
    if (!options.ready_file.empty() && !write_ready_file(options.ready_file, address, {})) {
        std::cerr << "The ready file " << options.ready_file << " cannot be written.\n";
        return kFailed;
    }
    std::cout << "Simulated upstreams on http://" << address
              << (options.replay_files.empty() ? "/v1 (nothing they say is real)" : "/v1 (recorded answers; no model is asked)")
              << std::endl;
    wait_for_end();
    return kFine;
}

}  // namespace tierway::app
