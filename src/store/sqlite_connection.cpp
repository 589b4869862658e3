#include "store/sqlite_connection.hpp"

#include <thread>
#include <utility>

namespace tierway::store {
namespace {

// Short, so that processes which share a file get their turn soon after another's commit.
constexpr std::chrono::microseconds kLockPoll{500};

}  // namespace

SqliteConnection::SqliteConnection(const std::string& path, Access access, Milliseconds lock_patience)
    : lock_patience_(lock_patience) {
    const int flags = access == Access::ReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    sqlite3* handle = nullptr;
    // One thread at a time uses it, so SQLite need not lock.
    const int code = sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    handle_.reset(handle);
    if (code != SQLITE_OK) {
        note_fault(code);
        return;
    }
    sqlite3_busy_handler(handle, &SqliteConnection::wait_for_lock, this);
}

int SqliteConnection::wait_for_lock(void* self, int tries) {
    auto& connection = *static_cast<SqliteConnection*>(self);
    const SteadyTime now = std::chrono::steady_clock::now();
    if (tries == 0) {
        connection.waiting_since_ = now;
    }
    if (now - connection.waiting_since_ >= connection.lock_patience_) {
        return 0;
    }
    std::this_thread::sleep_for(kLockPoll);
    return 1;
}

void SqliteConnection::note_fault(int code, std::string message) {
    if (fault_) {
        return;
    }
    if (message.empty()) {
        message = handle_ ? sqlite3_errmsg(handle_.get()) : sqlite3_errstr(code);
    }
    fault_ = SqliteFault{.code = code, .message = std::move(message)};
}

void SqliteConnection::run(const std::string& sql) {
    if (fault_) {
        return;
    }
    if (const int code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr); code != SQLITE_OK) {
        note_fault(code);
    }
}

void SqliteConnection::begin() {
    fault_.reset();
    run("BEGIN IMMEDIATE");
}

bool SqliteConnection::commit() {
    run("COMMIT");
    if (fault_) {
        rollback();
        return false;
    }
    return true;
}

void SqliteConnection::rollback() {
    // Some faults have rolled it back already.
    if (sqlite3_get_autocommit(handle_.get()) == 0) {
        sqlite3_exec(handle_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
    }
}

bool SqliteConnection::was_moved() const {
    int moved = 0;
    return sqlite3_file_control(handle_.get(), "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved != 0;
}

SqliteStatement::SqliteStatement(SqliteConnection& connection, const std::string& sql) : connection_(connection) {
    if (connection_.fault()) {
        return;
    }
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v3(connection_.handle(), sql.c_str(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                             &statement, nullptr));
    statement_.reset(statement);
}

bool SqliteStatement::next() {
    if (connection_.fault() || !statement_) {
        return false;
    }
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) {
        return true;
    }
    if (code != SQLITE_DONE) {
        check(code);
    }
    return false;
}

void SqliteStatement::reset() {
    // Its result repeats the fault of the last step.
    sqlite3_reset(statement_.get());
}

std::int64_t SqliteStatement::integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

std::string SqliteStatement::text(int column) const {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
    return bytes == nullptr ? std::string()
                            : std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column)));
}

void SqliteStatement::bind(int position, std::int64_t value) {
    check(sqlite3_bind_int64(statement_.get(), position, value));
}

void SqliteStatement::bind(int position, std::string_view value) {
    // An empty text must not become NULL, which a null pointer would mean.
    check(sqlite3_bind_text64(statement_.get(), position, value.data() == nullptr ? "" : value.data(), value.size(),
                              SQLITE_TRANSIENT, SQLITE_UTF8));
}

void SqliteStatement::check(int code) {
    if (code != SQLITE_OK) {
        connection_.note_fault(code);
    }
}

}  // namespace tierway::store
