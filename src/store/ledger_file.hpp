#pragma once

#include <memory>
#include <string>

#include "store/sqlite_connection.hpp"
#include "tierway/base/error.hpp"

namespace tierway::store {

/// Opens a ledger's file. To write: creates it and its tables where there is none yet, and switches it to a write-ahead log;
/// several processes may do so at once. The error is a sentence for the operator that names the file and what to do: the folder
/// is missing, permission, not a database, not a ledger, of a newer version, locked for longer than `lock_patience`.
Result<std::unique_ptr<SqliteConnection>> open_ledger_file(const std::string& path, SqliteConnection::Access access,
                                                           Milliseconds lock_patience);

/// The sentence for a fault of such a file.
Error ledger_file_error(const std::string& path, const SqliteFault& fault);

}  // namespace tierway::store
