#include "store/ledger_tables.hpp"

#include <gtest/gtest.h>

#include "ledger/store_contract.hpp"
#include "store/ledger_file.hpp"
#include "store/ledger_folder.hpp"

namespace tierway::store {
namespace {

using namespace ledger;
using namespace std::chrono_literals;

/// One instance's access to a file.
class Instance {
public:
    Instance(const std::string& path, std::int64_t number)
        : connection_(std::move(*open_ledger_file(path, SqliteConnection::Access::ReadWrite, 5s))),
          tables_(*connection_, number) {}

    /// Runs something with the tables within a transaction.
    template <class Work>
    auto in_transaction(const Work& work) {
        connection_->begin();
        const auto result = work(tables_);
        tables_.write_budgets();
        EXPECT_TRUE(connection_->commit()) << connection_->fault()->message;
        static_cast<void>(tables_.end_transaction());
        return result;
    }
    OpeningResult open(const AttemptOpening& opening) {
        return in_transaction([&](LedgerTables& tables) { return tables.open(opening); });
    }
    void settle(const AttemptSettlement& settlement) {
        in_transaction([&](LedgerTables& tables) { return tables.settle(settlement, kNoon + 3s), 0; });
    }
    std::size_t settle_crashed(WallTime now) {
        return in_transaction([&](LedgerTables& tables) { return tables.settle_crashed(now); });
    }
    void renew_lease(WallTime until) {
        in_transaction([&](LedgerTables& tables) { return tables.renew_lease(until), 0; });
    }
    /// The columns of the first row, with a bar between.
    std::string row(const std::string& sql, int columns) {
        SqliteStatement statement(*connection_, sql);
        if (!statement.start()) {
            return "no row";
        }
        std::string text = statement.text(0);
        for (int i = 1; i < columns; ++i) {
            text += "|" + statement.text(i);
        }
        return text;
    }
    std::string counters(const std::string& scope) {
        return row("SELECT settled_nano, reserved_nano FROM budgets WHERE scope = '" + scope + "'", 2);
    }
    SqliteConnection& connection() { return *connection_; }

private:
    std::unique_ptr<SqliteConnection> connection_;
    LedgerTables tables_;
};

class LedgerTablesTest : public testing::Test {
protected:
    LedgerFolder folder_;
    Instance first_{folder_.file(), 1};
    Instance second_{folder_.file(), 2};
};

TEST_F(LedgerTablesTest, ADispatchedAttemptIsARowWithAllThatIsKnown) {
    first_.renew_lease(kNoon + 10s);
    first_.open(opening("r.1", 30, {claim("key:a/day", 100), claim("total/day", 100)}, kNoon + 1ms));
    EXPECT_EQ(
        first_.row("SELECT attempt, state, instance, opened_ms, principal, team, class, tier, model, prices, estimate_nano, "
                   "budgets, settled_ms IS NULL, cost_nano IS NULL FROM attempts",
                   14),
        "r.1|dispatched|1|1728043200001|agent|search|chat|small|sim/small|p1|30|1 2 |1|1");
}

TEST_F(LedgerTablesTest, ASettledAttemptIsARowWithAllThatItCost) {
    first_.open(opening("r.1", 30, {}));
    first_.settle({.attempt = "r.1",
                   .purpose = Purpose::Draft,
                   .source = UsageSource::Counted,
                   .usage = {.prompt = 11, .completion = 22, .cached = 3, .cache_write = 4, .reasoning = 5},
                   .cost = nano(44),
                   .baseline = nano(-1),
                   .outcome = "upstream_stalled"});
    EXPECT_EQ(
        first_.row("SELECT state, settled_ms - opened_ms, purpose, source, outcome, prompt_tokens, completion_tokens, "
                   "cached_tokens, cache_write_tokens, reasoning_tokens, cost_nano, baseline_nano, estimate_nano FROM attempts",
                   13),
        "settled|3000|draft|counted|upstream_stalled|11|22|3|4|5|44|-1|30");
}

TEST_F(LedgerTablesTest, TextsAreKeptAsTheyAre) {
    AttemptOpening odd = opening("r.1", 30, {claim("key:'\"; DROP TABLE attempts; --/day", 100)});
    odd.principal = "";
    odd.model = std::string("m\0n", 3);
    first_.open(odd);
    EXPECT_EQ(first_.row("SELECT principal, hex(model) FROM attempts", 2), "|6D006E");
    EXPECT_EQ(first_.row("SELECT scope FROM budgets", 1), "key:'\"; DROP TABLE attempts; --/day");
}

TEST_F(LedgerTablesTest, OneInstanceSeesWhatTheOtherReserved) {
    first_.open(opening("r.1", 70, {claim("key:a/day", 100)}));
    EXPECT_EQ(second_.open(opening("r.2", 31, {claim("key:a/day", 100)})).kind, OpeningResult::Kind::OverBudget);
    EXPECT_EQ(second_.open(opening("r.3", 30, {claim("key:a/day", 100)})).kind, OpeningResult::Kind::Granted);
}

TEST_F(LedgerTablesTest, AnotherInstanceMaySettle) {
    first_.open(opening("r.1", 70, {claim("key:a/day", 100), claim("total/day", 1'000)}));
    second_.settle(settlement("r.1", 20));
    EXPECT_EQ(second_.counters("key:a/day"), "20|0");
    EXPECT_EQ(first_.counters("total/day"), "20|0");
}

TEST_F(LedgerTablesTest, WhatIsRolledBackNeverWas) {
    first_.connection().begin();
    LedgerTables tables(first_.connection(), 1);
    tables.open(opening("r.1", 70, {claim("key:a/day", 100)}));
    first_.connection().rollback();
    EXPECT_EQ(second_.open(opening("r.2", 100, {claim("key:a/day", 100)})).kind, OpeningResult::Kind::Granted);
    EXPECT_EQ(first_.row("SELECT count(*) FROM attempts", 1), "1");
}

TEST_F(LedgerTablesTest, AFaultUndoesTheWholeTransaction) {
    first_.connection().begin();
    LedgerTables tables(first_.connection(), 1);
    tables.open(opening("r.1", 70, {claim("key:a/day", 100)}));
    first_.connection().run("SELECT nonsense");
    tables.open(opening("r.2", 7, {claim("key:a/day", 100)}));
    EXPECT_FALSE(first_.connection().commit());
    EXPECT_EQ(second_.row("SELECT count(*) FROM attempts", 1), "0");
    EXPECT_EQ(second_.counters("key:a/day"), "no row");
    // The next transaction is not held responsible.
    EXPECT_EQ(first_.open(opening("r.1", 70, {claim("key:a/day", 100)})).kind, OpeningResult::Kind::Granted);
}

TEST_F(LedgerTablesTest, AttemptsOfALivingInstanceAreLeftAlone) {
    first_.renew_lease(kNoon + 10s);
    second_.renew_lease(kNoon + 10s);
    first_.open(opening("r.1", 70, {claim("key:a/day", 100)}));
    EXPECT_EQ(second_.settle_crashed(kNoon + 10s), 0U);
    EXPECT_EQ(first_.counters("key:a/day"), "0|70");
}

TEST_F(LedgerTablesTest, AttemptsOfADeadInstanceAreChargedWithTheirEstimatesOnce) {
    first_.renew_lease(kNoon + 10s);
    second_.renew_lease(kNoon + 60s);
    first_.open(opening("r.1", 70, {claim("key:a/day", 100), claim("total/day", 100)}));
    first_.open(opening("r.2", 5, {claim("key:a/day", 100)}));
    first_.settle(settlement("r.2", 3));
    second_.open(opening("r.3", 7, {claim("key:a/day", 100)}));
    EXPECT_EQ(second_.settle_crashed(kNoon + 11s), 1U);
    EXPECT_EQ(second_.settle_crashed(kNoon + 12s), 0U);
    EXPECT_EQ(second_.counters("key:a/day"), "73|7");
    EXPECT_EQ(second_.counters("total/day"), "70|0");
    EXPECT_EQ(first_.row("SELECT state, purpose, source, outcome, cost_nano, baseline_nano, prompt_tokens FROM attempts "
                         "WHERE attempt = 'r.1'",
                         7),
              "settled|failed|crash|crashed|70|0|0");
}

TEST_F(LedgerTablesTest, AnInstanceNeverTakesItselfForDead) {
    first_.renew_lease(kNoon);
    first_.open(opening("r.1", 70, {claim("key:a/day", 100)}));
    EXPECT_EQ(first_.settle_crashed(kNoon + 1h), 0U);
}

TEST_F(LedgerTablesTest, AnInstanceThatWasTakenForDeadCorrectsItsChargesOnce) {
    first_.renew_lease(kNoon + 10s);
    first_.open(opening("r.1", 70, {claim("key:a/day", 100)}));
    ASSERT_EQ(second_.settle_crashed(kNoon + 11s), 1U);
    first_.settle(settlement("r.1", 20));
    EXPECT_EQ(first_.counters("key:a/day"), "20|0");
    first_.settle(settlement("r.1", 30));
    EXPECT_EQ(first_.counters("key:a/day"), "20|0");
    EXPECT_EQ(first_.row("SELECT purpose, source, cost_nano FROM attempts", 3), "answer|provider|20");
}

TEST_F(LedgerTablesTest, MoreThanARoundOfCrashedAttemptsTakesSeveral) {
    first_.in_transaction([](LedgerTables& tables) {
        for (std::size_t i = 0; i < LedgerTables::kCrashedPerRound + 5; ++i) {
            tables.open(opening(std::to_string(i), 1, {claim("key:a/day", 100'000)}));
        }
        return 0;
    });
    EXPECT_EQ(second_.settle_crashed(kNoon), LedgerTables::kCrashedPerRound);
    EXPECT_EQ(second_.settle_crashed(kNoon), 5U);
    EXPECT_EQ(second_.counters("key:a/day"), "1005|0");
}

TEST_F(LedgerTablesTest, AWithdrawnOpeningLeavesNothing) {
    first_.open(opening("r.1", 70, {claim("key:a/day", 100)}));
    first_.open(opening("r.2", 20, {claim("key:a/day", 100)}));
    first_.settle(settlement("r.2", 15));
    first_.in_transaction([](LedgerTables& tables) {
        tables.withdraw("r.1");
        tables.withdraw("r.2");
        tables.withdraw("r.3");
        return 0;
    });
    EXPECT_EQ(first_.counters("key:a/day"), "15|0");
    EXPECT_EQ(first_.row("SELECT group_concat(attempt) FROM attempts", 1), "r.2");
}

TEST_F(LedgerTablesTest, CountersGoLongAfterTheirWindow) {
    first_.open(opening("r.1", 70, {claim("key:a/day", 100), claim("key:b/day", 100, true, kNextDay)}));
    first_.in_transaction([](LedgerTables& tables) { return tables.drop_budgets_before(kDay.end), 0; });
    EXPECT_EQ(first_.counters("key:a/day"), "0|70");
    first_.in_transaction([](LedgerTables& tables) { return tables.drop_budgets_before(kDay.end + 1ms), 0; });
    EXPECT_EQ(first_.counters("key:a/day"), "no row");
    // What was reserved there is settled all the same, and its number is not used for another.
    first_.settle(settlement("r.1", 20));
    EXPECT_EQ(first_.counters("key:b/day"), "20|0");
    first_.open(opening("r.2", 10, {claim("key:a/day", 100)}));
    EXPECT_EQ(first_.row("SELECT budget FROM budgets WHERE scope = 'key:a/day'", 1), "3");
}

TEST_F(LedgerTablesTest, TellsWhichBudgetsItTouched) {
    first_.connection().begin();
    LedgerTables tables(first_.connection(), 1);
    tables.open(opening("r.1", 70, {claim("key:a/day", 100)}));
    tables.open(opening("r.2", 70, {claim("key:a/day", 100)}));
    tables.settle(settlement("r.1", 20), kNoon);
    tables.write_budgets();
    ASSERT_TRUE(first_.connection().commit());
    const std::vector<TouchedBudget> touched = tables.end_transaction();
    ASSERT_EQ(touched.size(), 1U) << "each once, however often";
    EXPECT_EQ(touched[0].scope, "key:a/day");
    EXPECT_EQ(touched[0].span, kDay);
    EXPECT_EQ(touched[0].limit, nano(100));
    EXPECT_EQ(touched[0].counter.settled, nano(20));
    EXPECT_EQ(touched[0].counter.reserved, nano(0));
    EXPECT_TRUE(tables.end_transaction().empty());
}

}  // namespace
}  // namespace tierway::store
