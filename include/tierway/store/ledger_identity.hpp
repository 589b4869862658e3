#pragma once

#include <string>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/base/time.hpp"
#include "tierway/ledger/store.hpp"

namespace tierway::store {

/// What a replica that shares its counters with others finds in its own ledger file: who it is among them, and what it charged.
struct LedgerIdentity {
    std::string record;  ///< Drawn when the file was first asked, unlike that of any other file; goes with the file.
    /// What was charged in windows that were not over a day before, less what was only assumed of attempts of dead processes:
    /// that is charged by the shared counters themselves.
    std::vector<ledger::BudgetState> spending;
};

/// Reads it; creates the file if need be. Blocks: for start-up, before the file is written to. The error is a sentence for the
/// operator that names the file and what to do.
Result<LedgerIdentity> read_ledger_identity(const std::string& path, WallTime now);

}  // namespace tierway::store
