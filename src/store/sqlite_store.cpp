#include "tierway/store/sqlite_store.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

#include "store/ledger_file.hpp"
#include "store/sqlite_writer.hpp"

namespace tierway::store {
namespace {

// At start nobody waits yet, and the tables may just be in the making by another process.
constexpr Milliseconds kStartPatience{5'000};
// The write-ahead log grows while somebody reads; afterwards this much of it is kept.
constexpr const char* kLogSizeLimit = "PRAGMA journal_size_limit = 67108864";

}  // namespace

class SqliteStore::Writer : public SqliteWriter {
public:
    using SqliteWriter::SqliteWriter;
    std::once_flag stopping;
};

SqliteStore::SqliteStore(std::unique_ptr<Writer> writer) : writer_(std::move(writer)) {}

Result<std::unique_ptr<SqliteStore>> SqliteStore::at(const std::string& path, SqliteStoreSettings settings) {
    Result<std::unique_ptr<SqliteConnection>> opened =
        open_ledger_file(path, SqliteConnection::Access::ReadWrite, std::max(kStartPatience, settings.lock_timeout));
    if (!opened) {
        return opened.error();
    }
    std::unique_ptr<SqliteConnection> connection = std::move(*opened);
    connection->run(settings.durability == Durability::Full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
    connection->run(kLogSizeLimit);
    auto writer = std::make_unique<Writer>(path, std::move(connection), std::move(settings));
    if (const std::optional<Error> error = writer->start()) {
        return *error;
    }
    return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(writer)));
}

SqliteStore::~SqliteStore() {
    close();
}

void SqliteStore::open(ledger::AttemptOpening opening, std::function<void(const ledger::OpeningResult&)> opened) {
    writer_->queue().add(std::move(opening), std::move(opened));
}

void SqliteStore::settle(std::vector<ledger::AttemptSettlement> settlements) {
    writer_->queue().add(std::move(settlements));
}

std::vector<ledger::BudgetState> SqliteStore::budgets(WallTime now) const {
    return writer_->mirror().at(now);
}

ledger::StoreState SqliteStore::state() const {
    ledger::StoreState state = writer_->queue().state();
    state.crashed = writer_->crashed();
    return state;
}

bool SqliteStore::flush(Milliseconds patience) {
    return writer_->queue().flush(patience);
}

void SqliteStore::close() {
    std::call_once(writer_->stopping, [this] { writer_->stop(); });
}

}  // namespace tierway::store
