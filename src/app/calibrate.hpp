#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace tierway::app {

struct CalibrateOptions {
    std::string config_file;
    std::vector<std::string> data_files;
    std::string out_file;     ///< Empty: the configuration's own `calibration.file`.
    std::string policy_file;  ///< Where the advised policy goes; empty: it is only printed.
    double quality = 0.99;    ///< Of the higher tiers', over all classes.
    std::uint64_t seed = 0;
    bool json = false;
};

/// Adds `tierway calibrate` to the command line; `options` and `exit_code` must outlive it.
void add_calibrate(CLI::App& cli, CalibrateOptions& options, int& exit_code);

/// `tierway calibrate`: learns from outcomes what the configured classes can be served by, writes it, and says how each class would
/// be served best. The configuration itself is never changed. Exit code 1 when nothing could be learnt or the quality is out of
/// reach, 2 when the configuration or a file is wrong.
int calibrate(const CalibrateOptions& options);

}  // namespace tierway::app
