#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/config/price_catalogue.hpp"
#include "tierway/config/snapshot.hpp"

namespace tierway::config {

/// One thing that is wrong with a configuration, and where. Line and column count from 1, columns in bytes.
struct Problem {
    std::string file;
    int line = 0;
    int column = 0;
    std::string message;

    /// "file:line:column: message".
    [[nodiscard]] std::string to_string() const;
};

/// The value of an environment variable, or empty when it is not set. An argument so that tests need no environment.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// The process's own environment.
Environment process_environment();

/// The outcome of loading: a snapshot when nothing is wrong, else *all* problems at once. Warnings never prevent loading.
struct LoadResult {
    SnapshotPtr snapshot;  ///< Null when there are problems.
    std::vector<Problem> problems;
    std::vector<Problem> warnings;
};

/// Checks and resolves a configuration text. `file` only names it in messages. Pure but for the environment it asks and the CA
/// files it looks into. Whatever the text is, it ends in a snapshot or in problems, in time and memory bounded by 1 MiB of text.
LoadResult load_text(std::string_view yaml, const std::string& file, const PriceCatalogue& catalogue,
                     const Environment& environment);

/// Whether a provider, tier, class, key or team may be called that: `[a-z0-9][a-z0-9_.-]{0,63}`.
bool is_name(std::string_view text);

/// Reads the file and calls `load_text`; an unreadable file is a problem at line 0.
LoadResult load_file(const std::string& path, const PriceCatalogue& catalogue, const Environment& environment);

}  // namespace tierway::config
