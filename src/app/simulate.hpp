#pragma once

#include <string>
#include <vector>

namespace tierway::app {

struct SimulateOptions {
    std::string listen = "127.0.0.1:9000";
    std::string ready_file;
    std::vector<std::string> replay_files;  ///< Recorded outcomes, whose answers are given again; empty: answers are made up.
};

/// `tierway simulate`: the simulated upstreams alone, until a signal ends them.
int simulate(const SimulateOptions& options);

}  // namespace tierway::app
