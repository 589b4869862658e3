#pragma once

#include <string>

#include "app/command_tree.hpp"

namespace tierway::app {

/// Scripts that complete commands, options, their choices and files; to be put where the shell looks for them.
std::string bash_completion(const CommandDescription& program);
std::string zsh_completion(const CommandDescription& program);
std::string fish_completion(const CommandDescription& program);

}  // namespace tierway::app
