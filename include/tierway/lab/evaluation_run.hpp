#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/base/time.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/lab/evaluation.hpp"

namespace tierway::lab {

/// Why rows were passed over, and how many.
struct PassedOverReason {
    std::string code;
    std::string message;
    std::size_t rows = 0;
};

/// The different reasons, the most frequent first; at most twenty, the last then standing for all others.
std::vector<PassedOverReason> reasons_of(const std::vector<PassedOverRow>& rows);

/// One evaluation and what its reader must know of it.
struct EvaluationRun {
    config::SnapshotPtr snapshot;
    EvaluationSet set;
    std::vector<std::string> files;
    std::size_t rows_read = 0;
    std::vector<PassedOverReason> passed_over;
    std::size_t folds = 0;   ///< 0: every row by one and the same decision core.
    bool refitted = false;   ///< Each fold's calibration was fitted on the other folds; else it is as configured.
    std::uint64_t seed = 0;
    WallTime evaluated_at{};
};

/// One object (docs/learning.md): `overall` and `classes.<name>` with the policy's figures and their `baselines`, what was
/// evaluated, and what was passed over. What has no meaning is null.
std::string evaluation_json(const EvaluationRun& run);

/// The same for a reader at a terminal.
std::string evaluation_text(const EvaluationRun& run);

/// The same as one HTML page that needs nothing else: no script, no request. All names in it are escaped.
std::string evaluation_page(const EvaluationRun& run);

/// One row as `tierway eval --rows` writes it, with its line end: id, class, tier, model, escalated, confidence, cost and verdict.
std::string row_json(const config::Snapshot& snapshot, std::string_view id, const ReplayedRow& row);

}  // namespace tierway::lab
