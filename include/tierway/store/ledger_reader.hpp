#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/base/calendar_window.hpp"
#include "tierway/base/error.hpp"
#include "tierway/base/time.hpp"
#include "tierway/base/usd.hpp"
#include "tierway/dialect/token_usage.hpp"

namespace tierway::store {

/// What spending can be grouped by.
enum class SpendColumn : std::uint8_t { Class, Tier, Model, Principal, Team, Day, Purpose };
/// "class", "tier", "model", "key", "team", "day", "purpose".
std::string_view name_of(SpendColumn column) noexcept;
/// Empty when it is none of the names.
std::optional<SpendColumn> spend_column_named(std::string_view name) noexcept;

/// Which attempts are summed up, and by what.
struct SpendQuery {
    std::vector<SpendColumn> by;  ///< Empty: one row with the sum of all.
    WallTime from{};              ///< Attempts that were opened from here on,
    WallTime until{};             ///< up to, not including, here.
    TimeZone zone;                ///< Of the days.
    std::size_t rows_max = 10'000;
};

/// The sums of one group.
struct SpendRow {
    std::vector<std::string> names;  ///< By position of the query's columns; a day is "2026-11-25".
    std::uint64_t attempts = 0;
    std::uint64_t answers = 0;  ///< Attempts whose answer was given to a client: as many requests.
    Usd cost;                   ///< Of all attempts: answers, drafts, failures.
    Usd baseline;               ///< What the answers would have cost on the frontier.
    dialect::TokenUsage tokens;
};

/// Reads a ledger's file for reports. Sees what is settled; attempts that are still open have no cost yet. May be used while
/// processes write, and holds none of them up. A query reads every attempt of its time, which may take seconds: not for a
/// worker's thread. Used by one thread at a time.
class LedgerReader {
public:
    /// The error is a sentence for the operator that names the file and what to do.
    static Result<LedgerReader> at(const std::string& path);
    LedgerReader(LedgerReader&&) noexcept;
    LedgerReader& operator=(LedgerReader&&) noexcept;
    ~LedgerReader();

    /// In the order of the columns' names. Sums saturate. An error when there are more than `rows_max`, or reading fails.
    Result<std::vector<SpendRow>> totals(const SpendQuery& query);

private:
    class File;
    explicit LedgerReader(std::unique_ptr<File> file);

    std::unique_ptr<File> file_;
};

}  // namespace tierway::store
