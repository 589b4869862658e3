#pragma once

#include <string>

namespace tierway::app {

/// `tierway check`: reports every problem of a configuration at once; says what it amounts to when there is none.
int check(const std::string& config_file, bool json);

}  // namespace tierway::app
