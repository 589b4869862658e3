#include "tierway/store/ledger_reader.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "store/ledger_file.hpp"
#include "store/spend_functions.hpp"
#include "store/unix_milliseconds.hpp"
#include "tierway/ledger/bill.hpp"

namespace tierway::store {
namespace {

// Only while a writer that died is recovered from does a reader wait.
constexpr Milliseconds kPatience{2'000};

struct Column {
    std::string_view name;
    std::string_view expression;
};
constexpr std::array<Column, 7> kColumns{{{"class", "class"},
                                          {"tier", "tier"},
                                          {"model", "model"},
                                          {"key", "principal"},
                                          {"team", "team"},
                                          {"day", "day_name(opened_ms)"},
                                          {"purpose", "purpose"}}};

/// Positions count, because the alias of a column would be taken for the table's.
std::string statement_for(const SpendQuery& query) {
    std::string names;
    std::string positions;
    for (std::size_t i = 0; i < query.by.size(); ++i) {
        names.append(kColumns[static_cast<std::size_t>(query.by[i])].expression) += ", ";
        positions += (i == 0 ? "" : ", ") + std::to_string(i + 1);
    }
    std::string sql =
        "SELECT " + names + "count(*), saturating_sum(purpose = '" + std::string(name_of(ledger::Purpose::Answer)) +
        "'), saturating_sum(cost_nano), saturating_sum(baseline_nano), saturating_sum(prompt_tokens), "
        "saturating_sum(completion_tokens), saturating_sum(cached_tokens), saturating_sum(cache_write_tokens), "
        "saturating_sum(reasoning_tokens) FROM attempts WHERE state = 'settled' AND opened_ms >= ? AND opened_ms < ?";
    if (!query.by.empty()) {
        sql += " GROUP BY " + positions + " ORDER BY " + positions;
    }
    return sql;
}

SpendRow read_row(const SqliteStatement& statement, std::size_t columns) {
    SpendRow row;
    int next = 0;
    for (std::size_t i = 0; i < columns; ++i) {
        row.names.push_back(statement.text(next++));
    }
    row.attempts = static_cast<std::uint64_t>(statement.integer(next++));
    row.answers = static_cast<std::uint64_t>(statement.integer(next++));
    row.cost = Usd::from_nano(statement.integer(next++));
    row.baseline = Usd::from_nano(statement.integer(next++));
    row.tokens.prompt = statement.integer(next++);
    row.tokens.completion = statement.integer(next++);
    row.tokens.cached = statement.integer(next++);
    row.tokens.cache_write = statement.integer(next++);
    row.tokens.reasoning = statement.integer(next++);
    return row;
}

}  // namespace

std::string_view name_of(SpendColumn column) noexcept {
    return kColumns[static_cast<std::size_t>(column)].name;
}

std::optional<SpendColumn> spend_column_named(std::string_view name) noexcept {
    const auto* found = std::find_if(kColumns.begin(), kColumns.end(), [&](const Column& column) { return column.name == name; });
    if (found == kColumns.end()) {
        return std::nullopt;
    }
    return static_cast<SpendColumn>(found - kColumns.begin());
}

class LedgerReader::File {
public:
    std::string path;
    std::unique_ptr<SqliteConnection> connection;
};

LedgerReader::LedgerReader(std::unique_ptr<File> file) : file_(std::move(file)) {}
LedgerReader::LedgerReader(LedgerReader&&) noexcept = default;
LedgerReader& LedgerReader::operator=(LedgerReader&&) noexcept = default;
LedgerReader::~LedgerReader() = default;

Result<LedgerReader> LedgerReader::at(const std::string& path) {
    Result<std::unique_ptr<SqliteConnection>> connection = open_ledger_file(path, SqliteConnection::Access::ReadOnly, kPatience);
    if (!connection) {
        return connection.error();
    }
    auto file = std::make_unique<File>();
    file->path = path;
    file->connection = std::move(*connection);
    return LedgerReader(std::move(file));
}

Result<std::vector<SpendRow>> LedgerReader::totals(const SpendQuery& query) {
    SqliteConnection& connection = *file_->connection;
    connection.forget_fault();
    add_spend_functions(connection, query.zone);
    std::vector<SpendRow> rows;
    {
        SqliteStatement statement(connection, statement_for(query));
        for (bool row = statement.start(unix_milliseconds(query.from), unix_milliseconds(query.until)); row;
             row = statement.next()) {
            if (rows.size() == query.rows_max) {
                return Error::internal("There are more than " + std::to_string(query.rows_max) +
                                       " groups of spending; group by fewer columns or ask for a shorter time.");
            }
            rows.push_back(read_row(statement, query.by.size()));
        }
    }
    if (connection.fault()) {
        return ledger_file_error(file_->path, *connection.fault());
    }
    return rows;
}

}  // namespace tierway::store
