#pragma once

#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tierway/base/time.hpp"

namespace tierway::store {

/// What SQLite refused.
struct SqliteFault {
    int code = SQLITE_OK;  ///< An extended result code.
    std::string message;   ///< SQLite's own words.

    /// Without the extension, for comparisons: SQLITE_BUSY, SQLITE_FULL …
    [[nodiscard]] int primary() const noexcept { return code & 0xff; }
};

/// One connection to a database file. The first fault since the last transaction began sticks: what is computed after it counts
/// for nothing, because `commit` then rolls back. So code inside a transaction need not look at each step. Used by one thread at
/// a time. Never throws.
class SqliteConnection {
public:
    enum class Access : std::uint8_t { ReadWrite, ReadOnly };

    /// Opens the file; look at `fault` afterwards. \param lock_patience how long a statement waits for another connection's lock.
    SqliteConnection(const std::string& path, Access access, Milliseconds lock_patience);
    SqliteConnection(const SqliteConnection&) = delete;
    SqliteConnection& operator=(const SqliteConnection&) = delete;

    /// Runs statements without results.
    void run(const std::string& sql);
    /// Takes the write lock; the fault of an earlier transaction is forgotten.
    void begin();
    /// Makes the transaction last, or undoes it when there was a fault. \returns whether it lasts.
    bool commit();
    void rollback();

    [[nodiscard]] const std::optional<SqliteFault>& fault() const noexcept { return fault_; }
    void forget_fault() noexcept { fault_.reset(); }
    /// Sticks unless one does already. \param message SQLite's own when empty.
    void note_fault(int code, std::string message = {});
    void set_lock_patience(Milliseconds patience) noexcept { lock_patience_ = patience; }
    /// Whether the file is no longer where it was opened.
    [[nodiscard]] bool was_moved() const;
    [[nodiscard]] sqlite3* handle() const noexcept { return handle_.get(); }

private:
    struct Close {
        void operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }
    };
    static int wait_for_lock(void* self, int tries);

    std::unique_ptr<sqlite3, Close> handle_;
    std::optional<SqliteFault> fault_;
    Milliseconds lock_patience_;
    SteadyTime waiting_since_{};
};

/// A prepared statement of a connection, which must outlive it. Faults go to the connection.
class SqliteStatement {
public:
    SqliteStatement(SqliteConnection& connection, const std::string& sql);

    /// Runs it from the start with these values (integers or texts) in place of its question marks.
    template <class... Values>
    void run(const Values&... values) {
        static_cast<void>(start(values...));
        reset();
    }
    /// Runs it from the start up to its first row. \returns whether there is one; its columns are then to be had until the next
    /// run.
    template <class... Values>
    [[nodiscard]] bool start(const Values&... values) {
        reset();
        int position = 0;
        (bind(++position, values), ...);
        return next();
    }
    /// Goes on to the next row.
    bool next();
    /// Lets go of the row, and of the lock that reading holds.
    void reset();

    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] std::string text(int column) const;

private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
    };
    void bind(int position, std::int64_t value);
    void bind(int position, std::string_view value);
    void check(int code);

    SqliteConnection& connection_;
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

}  // namespace tierway::store
