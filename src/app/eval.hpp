#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace tierway::app {

struct EvalOptions {
    std::string config_file;
    std::vector<std::string> data_files;
    std::vector<std::string> bars;  ///< "math=0.97", or "0.97" for every class.
    std::string rows_file;          ///< Empty: not written.
    std::string report_file;        ///< Empty: not written.
    std::size_t folds = 0;          ///< 0: no cross-validation.
    std::uint64_t seed = 1;
    bool json = false;
};

/// Adds `tierway eval` to the command line; `options` and `exit_code` must outlive it.
void add_eval(CLI::App& cli, EvalOptions& options, int& exit_code);

/// `tierway eval`: replays recorded outcomes through the decision core of a configuration. Exit code 1 when a class misses its
/// quality bar or no row could be replayed, 2 when the configuration or a file is wrong.
int eval(const EvalOptions& options);

}  // namespace tierway::app
