#pragma once

#include <string>

namespace CLI {
class App;
}

namespace tierway::app {

struct HealthOptions {
    std::string config_file;  ///< Names the admin plane's address; empty: `admin` does.
    std::string admin = "127.0.0.1:8081";
    unsigned wait_seconds = 0;  ///< How long it may take to become ready.
};

/// Adds `tierway health` to the command line; `options` and `exit_code` must outlive it.
void add_health(CLI::App& cli, HealthOptions& options, int& exit_code);

/// `tierway health`: asks the gateway on this machine whether it takes new work (`/readyz`), for container engines and service
/// managers. Exit code 1 when it does not, or does not answer within two seconds.
int health(const HealthOptions& options);

}  // namespace tierway::app
