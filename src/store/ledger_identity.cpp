#include "tierway/store/ledger_identity.hpp"

#include <chrono>
#include <memory>
#include <optional>

#include "store/ledger_file.hpp"
#include "store/sqlite_connection.hpp"
#include "store/unix_milliseconds.hpp"

namespace tierway::store {
namespace {

constexpr Milliseconds kPatience{5'000};
constexpr std::chrono::hours kKeptAfterEnd{24};

// A number between spaces: an attempt's budgets are a list of them.
constexpr const char* kSpending = R"(
SELECT scope, window_begin_ms, window_end_ms, settled_nano - coalesce(
           (SELECT sum(cost_nano) FROM attempts
            WHERE opened_ms >= window_begin_ms AND source = 'crash' AND instr(' ' || attempts.budgets, ' ' || budget || ' ') > 0), 0)
FROM budgets WHERE window_end_ms > ?)";

}  // namespace

Result<LedgerIdentity> read_ledger_identity(const std::string& path, WallTime now) {
    Result<std::unique_ptr<SqliteConnection>> opened = open_ledger_file(path, SqliteConnection::Access::ReadWrite, kPatience);
    if (!opened) {
        return opened.error();
    }
    SqliteConnection& connection = **opened;
    LedgerIdentity identity;
    connection.begin();
    // Older versions do not look at it.
    connection.run("CREATE TABLE IF NOT EXISTS identity (record TEXT NOT NULL) STRICT");
    connection.run("INSERT INTO identity SELECT lower(hex(randomblob(8))) WHERE NOT EXISTS (SELECT 1 FROM identity)");
    if (!connection.fault()) {
        SqliteStatement record(connection, "SELECT record FROM identity LIMIT 1");
        identity.record = record.start() ? record.text(0) : "";
        record.reset();
        SqliteStatement spending(connection, kSpending);
        for (bool row = spending.start(unix_milliseconds(now - kKeptAfterEnd)); row; row = spending.next()) {
            ledger::BudgetState& state = identity.spending.emplace_back();
            state.scope = spending.text(0);
            state.span = {wall_time(spending.integer(1)), wall_time(spending.integer(2))};
            state.settled = Usd::from_nano(spending.integer(3));
        }
        spending.reset();
    }
    connection.commit();
    if (connection.fault()) {
        return ledger_file_error(path, *connection.fault());
    }
    return identity;
}

}  // namespace tierway::store
