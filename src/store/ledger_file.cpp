#include "store/ledger_file.hpp"

#include <cerrno>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <thread>

namespace tierway::store {
namespace {

// Marks a file as a ledger: "TWLG".
constexpr std::int64_t kApplicationId = 0x54574c47;
// Raised with every change of the tables; an older file is then brought up to date, a newer one refused.
constexpr std::int64_t kVersion = 1;

// Money is nano-dollars, times are milliseconds since 1970. An attempt's `budgets` are the numbers of those it was reserved in,
// with a space behind each; numbers are never used again. `attempts_dispatched` finds what dead processes left.
constexpr const char* kTables = R"(
CREATE TABLE attempts (
    attempt            TEXT    NOT NULL PRIMARY KEY,
    state              TEXT    NOT NULL CHECK (state IN ('dispatched', 'settled')),
    instance           INTEGER NOT NULL,
    opened_ms          INTEGER NOT NULL,
    principal          TEXT    NOT NULL,
    team               TEXT    NOT NULL,
    class              TEXT    NOT NULL,
    tier               TEXT    NOT NULL,
    model              TEXT    NOT NULL,
    prices             TEXT    NOT NULL,
    estimate_nano      INTEGER NOT NULL,
    budgets            TEXT    NOT NULL,
    settled_ms         INTEGER,
    purpose            TEXT,
    source             TEXT,
    outcome            TEXT,
    prompt_tokens      INTEGER,
    completion_tokens  INTEGER,
    cached_tokens      INTEGER,
    cache_write_tokens INTEGER,
    reasoning_tokens   INTEGER,
    cost_nano          INTEGER,
    baseline_nano      INTEGER
) WITHOUT ROWID, STRICT;
CREATE INDEX attempts_dispatched ON attempts (instance) WHERE state = 'dispatched';
CREATE INDEX attempts_opened ON attempts (opened_ms);
CREATE TABLE budgets (
    budget          INTEGER PRIMARY KEY AUTOINCREMENT,
    scope           TEXT    NOT NULL,
    window_begin_ms INTEGER NOT NULL,
    window_end_ms   INTEGER NOT NULL,
    settled_nano    INTEGER NOT NULL,
    reserved_nano   INTEGER NOT NULL,
    UNIQUE (scope, window_begin_ms)
) STRICT;
CREATE INDEX budgets_end ON budgets (window_end_ms);
CREATE TABLE instances (
    instance       INTEGER PRIMARY KEY,
    lease_until_ms INTEGER NOT NULL
) STRICT;
)";

Error refusal(const std::string& path, const std::string& sentence) {
    return Error::internal("The ledger file " + path + " cannot be used: " + sentence);
}

std::int64_t pragma(SqliteConnection& connection, const std::string& name) {
    SqliteStatement statement(connection, "PRAGMA " + name);
    return statement.start() ? statement.integer(0) : 0;
}

bool has_tables(SqliteConnection& connection) {
    SqliteStatement statement(connection, "SELECT 1 FROM sqlite_master LIMIT 1");
    return statement.start();
}

/// Why the operating system will not have it, as far as that can be told before SQLite tries.
std::optional<Error> check_path(const std::string& path, SqliteConnection::Access access) {
    if (path.empty()) {
        return Error::internal("The ledger file has no name: state a path.");
    }
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::status(path, error);
    if (std::filesystem::is_directory(status)) {
        return refusal(path, "it is a folder; name a file in it.");
    }
    if (std::filesystem::exists(status)) {
        return std::nullopt;
    }
    if (access == SqliteConnection::Access::ReadOnly) {
        return refusal(path, "there is no such file.");
    }
    const std::filesystem::path folder = std::filesystem::absolute(path, error).parent_path();
    if (!std::filesystem::is_directory(folder, error)) {
        return refusal(path, "the folder " + folder.string() + " does not exist; create it.");
    }
    return std::nullopt;
}

/// Whose file it is. Empty when it is ours, or still without content.
std::optional<Error> check_identity(SqliteConnection& connection, const std::string& path) {
    // In one transaction: between two looks another process may make a ledger of it.
    connection.run("BEGIN");
    const std::int64_t application = pragma(connection, "application_id");
    const std::int64_t version = pragma(connection, "user_version");
    const bool blank = application == 0 && version == 0 && !has_tables(connection);
    connection.rollback();
    if (connection.fault()) {
        return ledger_file_error(path, *connection.fault());
    }
    if (blank) {
        return std::nullopt;
    }
    if (application != kApplicationId) {
        return refusal(path, "it is a database of another program; name another file.");
    }
    if (version > kVersion) {
        return refusal(path, "it was written by a newer Tierway (version " + std::to_string(version) + ", this one knows " +
                                 std::to_string(kVersion) + "); use that one, or name another file.");
    }
    return std::nullopt;
}

/// SQLite does not wait for the lock that this change needs, so we do.
void switch_to_write_ahead_log(SqliteConnection& connection, Milliseconds lock_patience) {
    const SteadyTime until = std::chrono::steady_clock::now() + lock_patience;
    while (true) {
        connection.run("PRAGMA journal_mode = WAL");
        const bool busy = connection.fault() && connection.fault()->primary() == SQLITE_BUSY;
        if (!busy || std::chrono::steady_clock::now() >= until) {
            return;
        }
        connection.forget_fault();
        std::this_thread::sleep_for(Milliseconds(1));
    }
}

void create_tables(SqliteConnection& connection) {
    connection.begin();
    // Another process may have been faster.
    if (!connection.fault() && !has_tables(connection)) {
        connection.run(kTables);
        connection.run("PRAGMA application_id = " + std::to_string(kApplicationId));
        connection.run("PRAGMA user_version = " + std::to_string(kVersion));
    }
    connection.commit();
}

}  // namespace

Error ledger_file_error(const std::string& path, const SqliteFault& fault) {
    const std::string words = " (SQLite: " + fault.message + ")";
    switch (fault.primary()) {
        case SQLITE_NOTADB:
            return refusal(path, "it is not a database; name another file." + words);
        case SQLITE_CANTOPEN:
        case SQLITE_PERM:
        case SQLITE_AUTH:
            return refusal(path,
                           "it cannot be opened; give this user permission to read and write the file and its folder." + words);
        case SQLITE_READONLY:
            if (fault.code == SQLITE_READONLY_DBMOVED) {
                return refusal(path, "it was moved or deleted while in use; start again.");
            }
            return refusal(path, "it cannot be written; give this user permission to write the file and its folder." + words);
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return refusal(path, "another program keeps it locked; end that program." + words);
        case SQLITE_FULL:
            return refusal(path, "the disk is full; make room." + words);
        case SQLITE_CORRUPT:
            return refusal(path, "it is damaged; restore it from a copy, or name another file." + words);
        default:
            return refusal(path, "reading or writing it failed." + words);
    }
}

Result<std::unique_ptr<SqliteConnection>> open_ledger_file(const std::string& path, SqliteConnection::Access access,
                                                           Milliseconds lock_patience) {
    if (const std::optional<Error> error = check_path(path, access)) {
        return *error;
    }
    // Absolute, because to SQLite some relative names are no files (":memory:").
    std::error_code error;
    const std::string absolute = std::filesystem::absolute(path, error).string();
    auto connection = std::make_unique<SqliteConnection>(absolute, access, lock_patience);
    // Before the first write: a file of another program is left as it is.
    if (connection->fault()) {
        return ledger_file_error(path, *connection->fault());
    }
    if (const std::optional<Error> foreign = check_identity(*connection, path)) {
        return *foreign;
    }
    if (access == SqliteConnection::Access::ReadWrite) {
        switch_to_write_ahead_log(*connection, lock_patience);
        if (!connection->fault()) {
            create_tables(*connection);
        }
        if (connection->fault()) {
            return ledger_file_error(path, *connection->fault());
        }
    }
    // Again: another process may have made it something else, and to read, a file without content is no ledger.
    if (const std::optional<Error> foreign = check_identity(*connection, path)) {
        return *foreign;
    }
    if (!has_tables(*connection)) {
        return refusal(path, "it is empty; no ledger was ever kept in it.");
    }
    return connection;
}

}  // namespace tierway::store
