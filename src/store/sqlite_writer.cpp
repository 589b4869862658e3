#include "store/sqlite_writer.hpp"

#include <chrono>
#include <random>
#include <utility>

#include "store/ledger_file.hpp"
#include "tierway/telemetry/log.hpp"

namespace tierway::store {
namespace {

using ledger::AttemptSettlement;
using ledger::OpeningResult;

/// Leases are renewed this many times before they would end.
constexpr int kRenewalsPerLease = 5;

/// Unlike every other instance of the file: two draws of 63 bits do not meet.
std::int64_t draw_instance() {
    std::random_device entropy;
    const std::uint64_t high = entropy();
    return static_cast<std::int64_t>(((high << 32U) | entropy()) >> 1U);
}

}  // namespace

SqliteWriter::SqliteWriter(std::string path, std::unique_ptr<SqliteConnection> connection, SqliteStoreSettings settings)
    : path_(std::move(path)),
      settings_(std::move(settings)),
      connection_(std::move(connection)),
      tables_(*connection_, draw_instance()),
      queue_({.open_timeout = settings_.open_timeout,
              .openings_max = settings_.openings_max,
              .entries_max = settings_.settlements_max}) {}

SqliteWriter::~SqliteWriter() {
    stop();
}

std::optional<Error> SqliteWriter::start() {
    std::size_t crashed = LedgerTables::kCrashedPerRound;
    while (crashed == LedgerTables::kCrashedPerRound && !connection_->fault()) {
        connection_->begin();
        crashed = keep_house(settings_.now());
        finish_transaction(crashed);
    }
    if (connection_->fault()) {
        return ledger_file_error(path_, *connection_->fault());
    }
    connection_->set_lock_patience(settings_.lock_timeout);
    housekeeping_due_ = std::chrono::steady_clock::now() + settings_.lease / kRenewalsPerLease;
    thread_ = std::thread([this] { run(); });
    return std::nullopt;
}

void SqliteWriter::stop() {
    if (!thread_.joinable()) {
        return;
    }
    queue_.close();
    thread_.join();
}

void SqliteWriter::run() {
    while (!queue_.is_over()) {
        Group group = queue_.take(housekeeping_due_);
        const std::optional<std::vector<OpeningResult>> results = write(group);
        tell_state(results.has_value());
        queue_.done(std::move(group), results.value_or(std::vector<OpeningResult>()), results.has_value());
    }
    finish();
    queue_.abandon();
}

std::optional<std::vector<OpeningResult>> SqliteWriter::write(const Group& group) {
    connection_->begin();
    if (connection_->was_moved()) {
        connection_->note_fault(SQLITE_READONLY_DBMOVED, "the file is gone");
    }
    const WallTime now = settings_.now();
    const SteadyTime began = std::chrono::steady_clock::now();
    // Settlements first: they make room.
    write_entries(group, now);
    std::vector<OpeningResult> results = write_openings(group);
    std::size_t crashed = 0;
    if (began >= housekeeping_due_) {
        crashed = keep_house(now);
        const bool more = crashed == LedgerTables::kCrashedPerRound;
        housekeeping_due_ = more ? began : began + settings_.lease / kRenewalsPerLease;
        mirror_.drop_old(now);
    }
    if (!finish_transaction(crashed)) {
        housekeeping_due_ = std::chrono::steady_clock::now() + OperationQueue::kRetry;
        return std::nullopt;
    }
    return results;
}

void SqliteWriter::write_entries(const Group& group, WallTime now) {
    for (const Entry& entry : group.entries) {
        if (connection_->fault()) {
            return;
        }
        if (const auto* settlement = std::get_if<AttemptSettlement>(&entry)) {
            tables_.settle(*settlement, now);
        } else {
            tables_.withdraw(std::get<Withdrawal>(entry).attempt);
        }
    }
}

std::vector<OpeningResult> SqliteWriter::write_openings(const Group& group) {
    std::vector<OpeningResult> results;
    results.reserve(group.openings.size());
    for (const std::shared_ptr<WaitingOpening>& waiting : group.openings) {
        if (waiting->is_answered() || connection_->fault()) {
            results.push_back({.kind = OpeningResult::Kind::Unavailable, .budget = 0, .left = {}});
        } else {
            results.push_back(tables_.open(waiting->opening()));
        }
    }
    return results;
}

std::size_t SqliteWriter::keep_house(WallTime now) {
    if (connection_->fault()) {
        return 0;
    }
    tables_.renew_lease(now + settings_.lease);
    tables_.drop_budgets_before(now - settings_.budgets_kept);
    return tables_.settle_crashed(now);
}

bool SqliteWriter::finish_transaction(std::size_t crashed) {
    tables_.write_budgets();
    const bool kept = connection_->commit();
    std::vector<TouchedBudget> touched = tables_.end_transaction();
    if (!kept) {
        return false;
    }
    mirror_.publish(std::move(touched));
    if (crashed > 0) {
        crashed_ += crashed;
        telemetry::log_warning("The ledger charged " + std::to_string(crashed) +
                               " attempts with their estimates, because their process ended before it knew their costs.");
    }
    return true;
}

void SqliteWriter::tell_state(bool kept) {
    if (kept && std::exchange(told_failing_, false)) {
        telemetry::log_info("The ledger file " + path_ + " can be written again.");
    }
    if (!kept && !std::exchange(told_failing_, true)) {
        telemetry::log_error(ledger_file_error(path_, *connection_->fault()).message());
    }
}

void SqliteWriter::finish() {
    connection_->begin();
    tables_.release_lease();
    // What this instance still has dispatched will not be settled by anybody else.
    const std::size_t crashed = tables_.settle_crashed(settings_.now());
    finish_transaction(crashed);
    // A full checkpoint leaves one file behind; when another process reads, the next one does it.
    connection_->forget_fault();
    connection_->run("PRAGMA wal_checkpoint(TRUNCATE)");
}

}  // namespace tierway::store
