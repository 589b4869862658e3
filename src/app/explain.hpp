#pragma once

#include <string>

#include "tierway/dialect/dialect.hpp"

namespace tierway::app {

struct ExplainOptions {
    std::string config_file;
    std::string prompt;          ///< Either a prompt …
    std::string request_file;    ///< … or a whole request body ("-": standard input).
    dialect::Dialect door = dialect::Dialect::Chat;  ///< That the body would come through.
    std::string declared_class;  ///< As `x-tierway-class` would.
    std::string model = "auto";  ///< For a prompt.
    std::string key_id;          ///< Whose rights count; empty: nothing is forbidden to the caller.
    bool json = false;
};

/// `tierway explain`: what would happen to a request, by the very code that serves it. Nothing is called.
int explain(const ExplainOptions& options);

}  // namespace tierway::app
