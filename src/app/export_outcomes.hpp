#pragma once

#include <iosfwd>
#include <string>

namespace CLI {
class App;
}

namespace tierway::app {

struct ExportOptions {
    std::string config_file;
    std::string out_file;  ///< Empty: standard output.
};

/// Adds `tierway export outcomes` to the command line; `options` and `exit_code` must outlive it.
void add_export(CLI::App& cli, ExportOptions& options, int& exit_code);

/// `tierway export outcomes`: the rows of `shadow.file` as recorded outcomes for `tierway eval`. Lines that are no rows (a process was
/// killed while it wrote) and ids seen before are left out and counted. Exit code 1 when there is no row or a file cannot be used, 2
/// when the configuration is wrong or collects none.
int export_outcomes(const ExportOptions& options);

}  // namespace tierway::app
