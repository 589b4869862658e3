#pragma once

#include <string>

namespace tierway::app {

struct SimulateOptions {
    std::string listen = "127.0.0.1:9000";
    std::string ready_file;
};

/// `tierway simulate`: the simulated upstreams alone, until a signal ends them.
int simulate(const SimulateOptions& options);

}  // namespace tierway::app
