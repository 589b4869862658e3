#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>

#include "ledger/store_contract.hpp"
#include "tierway/store/sqlite_store.hpp"

namespace tierway::store {

/// A folder for one test's ledger, gone with it.
class LedgerFolder {
public:
    LedgerFolder() {
        std::string folder = (std::filesystem::temp_directory_path() / "tierway-ledger-XXXXXX").string();
        EXPECT_NE(mkdtemp(folder.data()), nullptr);
        path_ = folder;
    }
    ~LedgerFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    LedgerFolder(const LedgerFolder&) = delete;
    LedgerFolder& operator=(const LedgerFolder&) = delete;

    [[nodiscard]] std::string path() const { return path_.string(); }
    [[nodiscard]] std::string file() const { return (path_ / "ledger.db").string(); }

private:
    std::filesystem::path path_;
};

/// Settings by whose clock it is the noon of the contract's tests, so that their windows are not old.
inline SqliteStoreSettings at_noon(SqliteStoreSettings settings = {}) {
    settings.now = [] { return ledger::kNoon; };
    return settings;
}

/// Empty when it failed, which is a failure of the test.
inline std::unique_ptr<SqliteStore> open_store(const std::string& path, SqliteStoreSettings settings = at_noon()) {
    Result<std::unique_ptr<SqliteStore>> store = SqliteStore::at(path, std::move(settings));
    EXPECT_TRUE(store) << store.error().message();
    return store ? std::move(*store) : nullptr;
}

}  // namespace tierway::store
