#include "tierway/store/sqlite_store.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <fstream>
#include <iterator>

#include "ledger/store_contract.hpp"
#include "store/ledger_folder.hpp"
#include "store/sqlite_connection.hpp"

namespace tierway::store {
namespace {

using namespace ledger;
using namespace std::chrono_literals;
using Kind = OpeningResult::Kind;

template <Durability kDurability>
class SqliteHarness {
public:
    static constexpr Usd kMost = kMostOf64Bits;
    Store& store() { return *store_; }

private:
    LedgerFolder folder_;
    std::unique_ptr<SqliteStore> store_ = open_store(folder_.file(), at_noon({.durability = kDurability}));
};

/// Another program's connection, which can keep the file locked.
class Intruder {
public:
    explicit Intruder(const std::string& path) : connection_(path, SqliteConnection::Access::ReadWrite, 5s) {}

    void lock() { run("BEGIN IMMEDIATE"); }
    void unlock() { run("ROLLBACK"); }
    void run(const std::string& sql) {
        connection_.run(sql);
        EXPECT_FALSE(connection_.fault()) << connection_.fault()->message;
    }
    std::string value(const std::string& sql) {
        SqliteStatement statement(connection_, sql);
        return statement.start() ? statement.text(0) : "no row";
    }

private:
    SqliteConnection connection_;
};

std::string error_of(const std::string& path) {
    Result<std::unique_ptr<SqliteStore>> store = SqliteStore::at(path, {.lock_timeout = 50ms});
    return store ? "no error" : std::string(store.error().message());
}

void write_file(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

class SqliteStoreTest : public testing::Test {
protected:
    LedgerFolder folder_;
};

TEST_F(SqliteStoreTest, BudgetsOutliveTheProcess) {
    {
        const auto store = open_store(folder_.file());
        opened(*store, opening("a.1", 60, {claim("key:a/day", 100)}));
        settle(*store, settlement("a.1", 50));
    }
    const auto store = open_store(folder_.file());
    EXPECT_EQ(opened(*store, opening("a.2", 51, {claim("key:a/day", 100)})).kind, Kind::OverBudget);
    const OpeningResult result = opened(*store, opening("a.3", 20, {claim("key:a/day", 100)}));
    EXPECT_EQ(result.left, std::vector{nano(30)});
    settle(*store, settlement("a.1", 90));
    EXPECT_EQ(state_of(*store, "key:a/day").settled, nano(50));
}

TEST_F(SqliteStoreTest, ACleanEndLeavesOneFileAndNothingOpen) {
    {
        const auto store = open_store(folder_.file());
        opened(*store, opening("a.1", 60, {claim("key:a/day", 100)}));
        opened(*store, opening("a.2", 20, {claim("key:a/day", 100)}));
        settle(*store, settlement("a.2", 15));
        store->close();
        EXPECT_EQ(store->state().crashed, 1U);
    }
    EXPECT_FALSE(std::filesystem::exists(folder_.file() + "-wal"));
    Intruder file(folder_.file());
    EXPECT_EQ(file.value("SELECT group_concat(state || ' ' || cost_nano) FROM attempts"), "settled 60,settled 15");
    EXPECT_EQ(file.value("SELECT settled_nano || ' ' || reserved_nano FROM budgets"), "75 0");
    EXPECT_EQ(file.value("SELECT count(*) FROM instances"), "0");
}

TEST_F(SqliteStoreTest, TwoStoresOfOneFileShareItsBudgets) {
    const auto first = open_store(folder_.file());
    const auto second = open_store(folder_.file());
    opened(*first, opening("a.1", 60, {claim("key:a/day", 100)}));
    EXPECT_EQ(opened(*second, opening("a.2", 60, {claim("key:a/day", 100)})).kind, Kind::OverBudget);
    settle(*first, settlement("a.1", 10));
    EXPECT_TRUE(first->flush(kPatience));
    EXPECT_EQ(opened(*second, opening("a.3", 60, {claim("key:a/day", 100)})).left, std::vector{nano(30)});
}

TEST_F(SqliteStoreTest, WhileTheFileIsLockedOpeningsAreUnavailableAndSettlementsWait) {
    const auto store = open_store(folder_.file(), at_noon({.lock_timeout = 20ms}));
    opened(*store, opening("a.1", 60, {claim("key:a/day", 100)}));
    Intruder intruder(folder_.file());
    intruder.lock();
    settle(*store, settlement("a.1", 30));
    EXPECT_EQ(opened(*store, opening("a.2", 1, {claim("key:a/day", 100)})).kind, Kind::Unavailable);
    EXPECT_FALSE(store->flush(1ms));
    EXPECT_FALSE(store->state().available);
    EXPECT_EQ(store->state().settlements_waiting, 1U);
    intruder.unlock();
    const BudgetState state = state_of(*store, "key:a/day");
    EXPECT_EQ(state.settled, nano(30));
    EXPECT_EQ(state.reserved, nano(0));
    EXPECT_TRUE(store->state().available);
    EXPECT_EQ(opened(*store, opening("a.2", 1, {claim("key:a/day", 100)})).kind, Kind::Granted);
}

TEST_F(SqliteStoreTest, AnOpeningThatCameThroughTooLateIsUndone) {
    const auto store = open_store(folder_.file(), at_noon({.open_timeout = 10ms, .lock_timeout = 60s}));
    Intruder intruder(folder_.file());
    intruder.lock();
    EXPECT_EQ(opened(*store, opening("a.1", 60, {claim("key:a/day", 100)})).kind, Kind::Unavailable);
    intruder.unlock();
    const BudgetState state = state_of(*store, "key:a/day");
    EXPECT_EQ(state.reserved, nano(0));
    EXPECT_EQ(state.settled, nano(0));
    EXPECT_EQ(intruder.value("SELECT count(*) FROM attempts"), "0");
}

TEST_F(SqliteStoreTest, AFullDiskMakesItUnavailableUntilThereIsRoom) {
    const auto store = open_store(folder_.file());
    opened(*store, opening("a.1", 60, {claim("key:a/day", 100)}));
    // No file of this process may grow beyond what the log has now: writing fails as on a full disk.
    const auto size = std::filesystem::file_size(folder_.file() + "-wal");
    rlimit before{};
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto ignored = signal(SIGXFSZ, SIG_IGN);
    const rlimit full{.rlim_cur = size, .rlim_max = before.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &full), 0);
    settle(*store, settlement("a.1", 30));
    const OpeningResult result = opened(*store, opening("a.2", 1, {claim("key:a/day", 100)}));
    const StoreState state = store->state();
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, ignored);
    EXPECT_EQ(result.kind, Kind::Unavailable);
    EXPECT_FALSE(state.available);
    EXPECT_EQ(state.settlements_waiting, 1U);
    EXPECT_EQ(state_of(*store, "key:a/day").settled, nano(30));
    EXPECT_EQ(opened(*store, opening("a.2", 1, {claim("key:a/day", 100)})).kind, Kind::Granted);
    EXPECT_EQ(Intruder(folder_.file()).value("PRAGMA integrity_check"), "ok");
}

TEST_F(SqliteStoreTest, AFileThatWasDeletedGrantsNothing) {
    const auto store = open_store(folder_.file());
    std::filesystem::remove(folder_.file());
    EXPECT_EQ(opened(*store, opening("a.1", 60, {claim("key:a/day", 100)})).kind, Kind::Unavailable);
    EXPECT_FALSE(store->state().available);
}

TEST_F(SqliteStoreTest, AttemptsOfAnInstanceThatWentSilentAreSettledAtTheNextStart) {
    std::atomic<WallTime> now = kNoon;
    const SqliteStoreSettings settings{.lease = 1h, .now = [&now] { return now.load(); }};
    const auto silent = open_store(folder_.file(), settings);
    opened(*silent, opening("a.1", 60, {claim("key:a/day", 100)}));
    const auto early = open_store(folder_.file(), settings);
    EXPECT_EQ(early->state().crashed, 0U);
    now = kNoon + 61min;
    const auto next = open_store(folder_.file(), settings);
    EXPECT_EQ(next->state().crashed, 1U);
    EXPECT_EQ(opened(*next, opening("a.2", 41, {claim("key:a/day", 100)})).kind, Kind::OverBudget);
    // It was alive after all.
    settle(*silent, settlement("a.1", 10));
    EXPECT_EQ(state_of(*silent, "key:a/day").settled, nano(10));
}

TEST_F(SqliteStoreTest, RacingStoresOfOneFileNeverExceedTheLimit) {
    constexpr int kStores = 3;
    constexpr int kThreads = 3;
    constexpr int kAttempts = 60;
    constexpr std::int64_t kLimit = 5'000;
    std::vector<std::unique_ptr<SqliteStore>> stores;
    for (int i = 0; i < kStores; ++i) {
        stores.push_back(open_store(folder_.file(), at_noon({.open_timeout = 60s, .lock_timeout = 60s})));
    }
    std::atomic<std::int64_t> charged = 0;
    std::atomic<int> refused = 0;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kStores * kThreads; ++thread) {
        threads.emplace_back([&, thread] {
            SqliteStore& store = *stores[static_cast<std::size_t>(thread % kStores)];
            for (int i = 0; i < kAttempts; ++i) {
                const std::string attempt = std::to_string(thread) + "-" + std::to_string(i);
                const OpeningResult result = opened(store, opening(attempt, 30, {claim("total/day", kLimit)}));
                if (result.kind != Kind::Granted) {
                    EXPECT_EQ(result.kind, Kind::OverBudget);
                    ++refused;
                    continue;
                }
                EXPECT_GE(result.left[0], Usd());
                charged += i % 31;
                settle(store, settlement(attempt, i % 31));
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    for (const auto& store : stores) {
        EXPECT_TRUE(store->flush(kPatience));
    }
    EXPECT_GT(refused, 0);
    EXPECT_LE(charged, kLimit);
    Intruder file(folder_.file());
    EXPECT_EQ(file.value("SELECT settled_nano || ' ' || reserved_nano FROM budgets"), std::to_string(charged) + " 0");
    EXPECT_EQ(file.value("SELECT sum(cost_nano) FROM attempts"), std::to_string(charged));
}

TEST_F(SqliteStoreTest, SaysWhatToDoWhenTheFileCannotBeOpened) {
    const std::string path = folder_.file();
    EXPECT_EQ(error_of(""), "The ledger file has no name: state a path.");
    EXPECT_EQ(error_of(folder_.path()),
              "The ledger file " + folder_.path() + " cannot be used: it is a folder; name a file in it.");
    EXPECT_EQ(error_of(folder_.path() + "/none/ledger.db"), "The ledger file " + folder_.path() +
                                                                "/none/ledger.db cannot be used: the folder " + folder_.path() +
                                                                "/none does not exist; create it.");
    write_file(path, std::string(4'096, 'x'));
    EXPECT_EQ(error_of(path), "The ledger file " + path +
                                  " cannot be used: it is not a database; name another file. (SQLite: file is not a database)");
}

TEST_F(SqliteStoreTest, LeavesADatabaseOfAnotherProgramAsItIs) {
    const std::string path = folder_.file();
    Intruder(path).run("CREATE TABLE photos (name)");
    const std::string before = read_file(path);
    EXPECT_EQ(error_of(path),
              "The ledger file " + path + " cannot be used: it is a database of another program; name another file.");
    EXPECT_EQ(read_file(path), before);
}

TEST_F(SqliteStoreTest, RefusesALedgerOfANewerVersion) {
    open_store(folder_.file()).reset();
    Intruder(folder_.file()).run("PRAGMA user_version = 2");
    EXPECT_EQ(error_of(folder_.file()),
              "The ledger file " + folder_.file() +
                  " cannot be used: it was written by a newer Tierway (version 2, this one knows 1); use "
                  "that one, or name another file.");
}

TEST_F(SqliteStoreTest, AnEmptyFileBecomesALedger) {
    write_file(folder_.file(), "");
    const auto store = open_store(folder_.file());
    EXPECT_EQ(opened(*store, opening("a.1", 60, {})).kind, Kind::Granted);
}

TEST_F(SqliteStoreTest, SaysSoWhenItHasNoPermission) {
    // Where not even root may create a file.
    EXPECT_NE(error_of("/proc/ledger.db").find("it cannot be opened; give this user permission"), std::string::npos);
}

TEST_F(SqliteStoreTest, ManyMayCreateTheFileAtOnce) {
    for (int round = 0; round < 10; ++round) {
        const std::string path = folder_.file() + std::to_string(round);
        std::vector<std::thread> threads;
        std::atomic<int> good = 0;
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&] { good += open_store(path) != nullptr ? 1 : 0; });
        }
        for (std::thread& thread : threads) {
            thread.join();
        }
        EXPECT_EQ(good, 8);
    }
}

}  // namespace
}  // namespace tierway::store

namespace tierway::ledger {
INSTANTIATE_TYPED_TEST_SUITE_P(SqliteFull, StoreContract, store::SqliteHarness<store::Durability::Full>);
INSTANTIATE_TYPED_TEST_SUITE_P(SqliteNormal, StoreContract, store::SqliteHarness<store::Durability::Normal>);
}  // namespace tierway::ledger
