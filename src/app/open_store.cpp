#include "app/open_store.hpp"

#include <utility>

#include "tierway/ledger/memory_store.hpp"
#include "tierway/store/sqlite_store.hpp"

namespace tierway::app {
namespace {

Result<std::unique_ptr<ledger::Store>> open_sqlite(const config::Store& settings) {
    store::SqliteStoreSettings wanted;
    wanted.durability = settings.survives_power_loss ? store::Durability::Full : store::Durability::Normal;
    wanted.open_timeout = settings.wait_max;
    auto opened = store::SqliteStore::at(settings.sqlite_file, wanted);
    if (!opened) {
        return opened.error();
    }
    return std::unique_ptr<ledger::Store>(std::move(*opened));
}

}  // namespace

Result<std::unique_ptr<ledger::Store>> open_store(const config::Store& settings) {
    if (settings.kind == config::Store::Kind::Sqlite) {
        return open_sqlite(settings);
    }
    return std::unique_ptr<ledger::Store>(std::make_unique<ledger::MemoryStore>());
}

}  // namespace tierway::app
