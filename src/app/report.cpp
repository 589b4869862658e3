#include "app/report.hpp"

#include <chrono>
#include <iostream>

#include "app/exit_codes.hpp"
#include "app/serve.hpp"
#include "app/spend_text.hpp"
#include "tierway/config/load.hpp"

namespace tierway::app {
namespace {

/// Empty when it was told what is wrong.
std::string ledger_of(const std::string& config_file) {
    const config::LoadResult loaded =
        config::load_file(config_file, config::PriceCatalogue::built_in(), config::process_environment());
    if (!loaded.snapshot) {
        print_problems(loaded);
        return {};
    }
    if (loaded.snapshot->store.kind != config::Store::Kind::Sqlite) {
        std::cerr << config_file << " keeps no ledger: write `store: {sqlite: \"tierway.db\"}`.\n";
        return {};
    }
    return loaded.snapshot->store.sqlite_file;
}

}  // namespace

int report(const ReportOptions& options) {
    const auto query = read_spend_question(options.question, std::chrono::system_clock::now());
    if (!query) {
        std::cerr << query.error().message() << '\n';
        return kWrongUsage;
    }
    const std::string file = options.ledger_file.empty() ? ledger_of(options.config_file) : options.ledger_file;
    if (file.empty()) {
        return kWrongUsage;
    }
    auto reader = store::LedgerReader::at(file);
    if (!reader) {
        std::cerr << reader.error().message() << '\n';
        return kFailed;
    }
    const auto rows = reader->totals(*query);
    if (!rows) {
        std::cerr << rows.error().message() << '\n';
        return kFailed;
    }
    std::cout << (options.json ? spend_json(*query, *rows) : options.csv ? spend_csv(*query, *rows) : spend_table(*query, *rows));
    return kFine;
}

}  // namespace tierway::app
