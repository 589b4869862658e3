#pragma once

#include <functional>
#include <string>

#include "tierway/config/load.hpp"

namespace tierway::app {

struct ServeOptions {
    std::string config_file;
    std::string ready_file;  ///< Written once everything listens; empty: none.
};

/// How a changed configuration comes in.
struct Reload {
    std::function<config::LoadResult()> load;  ///< Null when there is nothing to reload.
    std::string file;                          ///< Watched while `server.watch` is on; empty: none.
};

/// `tierway serve`: runs until SIGTERM or SIGINT, reloads on SIGHUP and when the file changes. \returns the process's exit code.
int serve(const ServeOptions& options);

/// Serves a loaded configuration until a signal ends it. REQUIRES: `block_signals` was called before any thread began.
/// \param started called once everything listens, with the data plane's and the admin plane's addresses.
int serve_until_signalled(config::SnapshotPtr snapshot, const Reload& reload, const std::string& ready_file,
                          const std::function<void(const std::string&, const std::string&)>& started);

/// Makes SIGTERM, SIGINT and SIGHUP wait for the main thread, and writes to closed connections errors instead of signals.
void block_signals();

/// Waits for SIGTERM or SIGINT. REQUIRES: `block_signals` was called.
void wait_for_end();

/// Prints every problem and warning, one a line, to standard error.
void print_problems(const config::LoadResult& loaded);

}  // namespace tierway::app
