#pragma once

#include <string>

namespace tierway::app {

struct NewKeyOptions {
    std::string id;    ///< Empty: one is made up.
    std::string team;  ///< Empty: none.
    bool json = false;
};

/// `tierway keys new`: prints a fresh client key, which is shown this once and kept nowhere, and the entry for the section `keys`
/// of a configuration, which holds its SHA-256 only.
int new_key(const NewKeyOptions& options);

}  // namespace tierway::app
