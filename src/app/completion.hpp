#pragma once

namespace CLI {
class App;
}

namespace tierway::app {

/// Adds `tierway completion SHELL`, which prints a script that completes the command line.
void add_completion(CLI::App& cli);

/// Adds `tierway manual`, which prints the manual page for `man -l -`.
void add_manual(CLI::App& cli);

}  // namespace tierway::app
