#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace tierway::app {

/// An option or argument of a command, as a shell or a manual page needs to know it.
struct OptionDescription {
    std::vector<std::string> names;  ///< "-c", "--config"; empty: an argument that stands alone.
    std::string value;               ///< What it takes, such as FILE; empty: a flag that takes nothing.
    std::vector<std::string> choices;
    std::string default_value;
    std::string purpose;
    bool takes_file = false;
    bool required = false;
    bool repeated = false;  ///< Takes several values.
};

struct CommandDescription {
    std::string name;
    std::string purpose;
    std::vector<OptionDescription> options;
    std::vector<CommandDescription> commands;
};

/// What the command line knows of itself; completions and manual page are written from it, so that they cannot fall behind. By
/// convention a value's type name is FILE for files, and its choices divided by bars ("bash|zsh|fish").
CommandDescription describe(const CLI::App& app);

}  // namespace tierway::app
