#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/base/time.hpp"
#include "tierway/ledger/store.hpp"

namespace tierway::store {

/// When a transaction counts as kept.
enum class Durability : unsigned char {
    Full,    ///< When the disk has it: survives a power cut, at one wait for the disk for each group of operations.
    Normal,  ///< When the operating system has it: survives the death of the process; a power cut may take back the newest.
};

struct SqliteStoreSettings {
    Durability durability = Durability::Full;
    /// The longest that an opening waits for its result; then it is Unavailable.
    Milliseconds open_timeout{2'000};
    /// The longest that a transaction waits for other processes' transactions.
    Milliseconds lock_timeout{1'000};
    /// How long this instance counts as alive after it last said so; it says so five times as often. Then whoever notices settles
    /// its attempts at their estimate.
    Milliseconds lease{10'000};
    /// Openings that may wait at a time; the next is Unavailable at once.
    std::size_t openings_max = 10'000;
    /// Settlements that are kept while they cannot be written; beyond that the oldest are dropped, which is logged and counted.
    std::size_t settlements_max = 100'000;
    /// How long a window's counters are kept after its end.
    std::chrono::hours budgets_kept{24 * 40};
    /// What the leases and the times of settlements go by.
    std::function<WallTime()> now = [] { return std::chrono::system_clock::now(); };
};

/// A ledger in one SQLite file, for one machine: several processes may share it, and no budget is overshot between them. Every
/// attempt is a row from before it is sent. One thread of its own writes; what arrives while it does shares the next transaction.
/// An instance that dies leaves its attempts to the others, or to the next start, which settle them at their estimate with usage
/// source `Crash` once its lease has ended. While the file cannot be written (disk full, damaged, locked, deleted) openings are
/// Unavailable and settlements wait. Not for network file systems. Thread-safe.
class SqliteStore final : public ledger::Store {
public:
    /// Opens the file, creates it if need be, and settles what dead instances left. Blocks: for start-up. The error is a sentence
    /// for the operator that names the file and what to do.
    static Result<std::unique_ptr<SqliteStore>> at(const std::string& path, SqliteStoreSettings settings = {});
    ~SqliteStore() override;
    SqliteStore(const SqliteStore&) = delete;
    SqliteStore& operator=(const SqliteStore&) = delete;

    void open(ledger::AttemptOpening opening, std::function<void(const ledger::OpeningResult&)> opened) override;
    void settle(std::vector<ledger::AttemptSettlement> settlements) override;
    [[nodiscard]] std::vector<ledger::BudgetState> budgets(WallTime now) const override;
    [[nodiscard]] ledger::StoreState state() const override;
    bool flush(Milliseconds patience) override;
    void close() override;

private:
    class Writer;
    explicit SqliteStore(std::unique_ptr<Writer> writer);

    std::unique_ptr<Writer> writer_;
};

}  // namespace tierway::store
