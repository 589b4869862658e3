#pragma once

#include <string>

namespace tierway::app {

struct ImportLitellmOptions {
    std::string file;
    std::string out_file;  ///< Empty: standard output.
    bool json = false;     ///< The report as JSON.
};

/// `tierway import litellm`: writes the configuration, and to standard error how well each thing could be said.
int import_litellm(const ImportLitellmOptions& options);

}  // namespace tierway::app
