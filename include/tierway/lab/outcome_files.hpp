#pragma once

#include <istream>
#include <span>
#include <string>
#include <vector>

#include "tierway/config/load.hpp"
#include "tierway/lab/outcome.hpp"

namespace tierway::lab {

/// Rows in the order of the files and their lines. When there are problems the rows are those without any; nobody should go on
/// with them, because what is missing would change every figure.
struct OutcomeSet {
    std::vector<Outcome> rows;
    std::vector<config::Problem> problems;  ///< The first `kOutcomeProblemsMax`, each with its file and line.
};

inline constexpr std::size_t kOutcomeProblemsMax = 20;
inline constexpr std::size_t kOutcomeFileBytesMax = std::size_t{1} << 30U;  ///< Of each file.
inline constexpr std::size_t kOutcomeRowsMax = 1'000'000;                   ///< Of all files together.

/// Reads outcome files, one JSON object a line; empty lines are passed over. An id stands for one row: the second is a problem. So
/// are files that cannot be read, that are empty, and what exceeds the bounds. Reading ends at the last problem that is kept.
OutcomeSet read_outcome_files(std::span<const std::string> files);

/// Reads one stream likewise. `file` names it in messages.
OutcomeSet read_outcomes(std::istream& lines, const std::string& file);

}  // namespace tierway::lab
