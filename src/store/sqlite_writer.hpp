#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "store/budget_mirror.hpp"
#include "store/ledger_tables.hpp"
#include "store/operation_queue.hpp"
#include "store/sqlite_connection.hpp"
#include "tierway/base/error.hpp"
#include "tierway/store/sqlite_store.hpp"

namespace tierway::store {

/// The thread that writes a ledger's file: takes groups from the queue, makes each one transaction, keeps this instance's lease,
/// and settles what dead instances left. `start` first, `stop` last.
class SqliteWriter {
public:
    SqliteWriter(std::string path, std::unique_ptr<SqliteConnection> connection, SqliteStoreSettings settings);
    ~SqliteWriter();
    SqliteWriter(const SqliteWriter&) = delete;
    SqliteWriter& operator=(const SqliteWriter&) = delete;

    /// Takes the lease, settles what dead instances left, and begins to write.
    std::optional<Error> start();
    /// Writes what is queued, gives the lease back and lets go of the file. Once; not from the writer's own thread.
    void stop();

    [[nodiscard]] OperationQueue& queue() noexcept { return queue_; }
    [[nodiscard]] const OperationQueue& queue() const noexcept { return queue_; }
    [[nodiscard]] const BudgetMirror& mirror() const noexcept { return mirror_; }
    [[nodiscard]] std::uint64_t crashed() const noexcept { return crashed_; }

private:
    void run();
    /// One transaction; empty when it failed, else the results of the group's openings.
    std::optional<std::vector<ledger::OpeningResult>> write(const Group& group);
    void write_entries(const Group& group, WallTime now);
    std::vector<ledger::OpeningResult> write_openings(const Group& group);
    /// \returns how many attempts of dead instances it settled.
    std::size_t keep_house(WallTime now);
    bool finish_transaction(std::size_t crashed);
    void tell_state(bool kept);
    void finish();

    std::string path_;
    SqliteStoreSettings settings_;
    std::unique_ptr<SqliteConnection> connection_;
    LedgerTables tables_;
    OperationQueue queue_;
    BudgetMirror mirror_;
    std::atomic<std::uint64_t> crashed_ = 0;
    SteadyTime housekeeping_due_{};
    bool told_failing_ = false;
    std::thread thread_;
};

}  // namespace tierway::store
