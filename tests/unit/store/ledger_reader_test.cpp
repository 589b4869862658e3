#include "tierway/store/ledger_reader.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <limits>

#include "ledger/store_contract.hpp"
#include "store/ledger_folder.hpp"

namespace tierway::store {
namespace {

using namespace ledger;
using namespace std::chrono_literals;

class LedgerReaderTest : public testing::Test {
protected:
    /// Opens and settles one attempt.
    void spend(const std::string& attempt, const std::string& model, const std::string& team, Purpose purpose, std::int64_t cost,
               WallTime at = kNoon) {
        AttemptOpening opened_so = opening(attempt, cost, {}, at);
        opened_so.model = model;
        opened_so.team = team;
        opened(*store_, opened_so);
        AttemptSettlement settled_so = settlement(attempt, cost);
        settled_so.purpose = purpose;
        settled_so.baseline = purpose == Purpose::Answer ? nano(10 * cost) : Usd();
        settled_so.usage = {.prompt = 100, .completion = 10, .cached = 3, .cache_write = 4, .reasoning = 5};
        settle(*store_, settled_so);
    }
    std::vector<SpendRow> totals(SpendQuery query) {
        EXPECT_TRUE(store_->flush(kPatience));
        Result<LedgerReader> reader = LedgerReader::at(folder_.file());
        EXPECT_TRUE(reader) << reader.error().message();
        Result<std::vector<SpendRow>> rows = reader->totals(query);
        EXPECT_TRUE(rows) << rows.error().message();
        return std::move(*rows);
    }
    /// "name name: attempts answers cost baseline" for each row.
    std::vector<std::string> lines(SpendQuery query) {
        std::vector<std::string> texts;
        for (const SpendRow& row : totals(std::move(query))) {
            std::string text;
            for (const std::string& name : row.names) {
                text += name + ' ';
            }
            texts.push_back(text + ": " + std::to_string(row.attempts) + ' ' + std::to_string(row.answers) + ' ' +
                            std::to_string(row.cost.nano()) + ' ' + std::to_string(row.baseline.nano()));
        }
        return texts;
    }

    LedgerFolder folder_;
    std::unique_ptr<SqliteStore> store_ = open_store(folder_.file());
    SpendQuery all_{.by = {}, .from = kNoon - 1'000h, .until = kNoon + 1'000h, .zone = {}};
};

using Lines = std::vector<std::string>;

TEST_F(LedgerReaderTest, SumsUpDraftsFailuresAndAnswers) {
    spend("r.1", "sim/small", "search", Purpose::Draft, 5);
    spend("r.2", "sim/large", "search", Purpose::Answer, 40);
    spend("s.1", "sim/small", "ads", Purpose::Failed, 1);
    opened(*store_, opening("open.1", 1'000, {}));
    const std::vector<SpendRow> rows = totals(all_);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_TRUE(rows[0].names.empty());
    EXPECT_EQ(rows[0].attempts, 3U);
    EXPECT_EQ(rows[0].answers, 1U);
    EXPECT_EQ(rows[0].cost, nano(46));
    EXPECT_EQ(rows[0].baseline, nano(400));
    EXPECT_EQ(rows[0].tokens,
              (dialect::TokenUsage{.prompt = 300, .completion = 30, .cached = 9, .cache_write = 12, .reasoning = 15}));
}

TEST_F(LedgerReaderTest, GroupsByTheColumnsAskedForInTheirOrder) {
    spend("r.1", "sim/small", "search", Purpose::Draft, 5);
    spend("r.2", "sim/large", "search", Purpose::Answer, 40);
    spend("s.1", "sim/small", "ads", Purpose::Answer, 7);
    spend("t.1", "sim/small", "ads", Purpose::Answer, 8);
    all_.by = {SpendColumn::Team, SpendColumn::Model};
    EXPECT_EQ(lines(all_), (Lines{"ads sim/small : 2 2 15 150", "search sim/large : 1 1 40 400", "search sim/small : 1 0 5 0"}));
    all_.by = {SpendColumn::Purpose};
    EXPECT_EQ(lines(all_), (Lines{"answer : 3 3 55 550", "draft : 1 0 5 0"}));
    all_.by = {SpendColumn::Class, SpendColumn::Tier, SpendColumn::Principal};
    EXPECT_EQ(lines(all_), (Lines{"chat small agent : 4 3 60 550"}));
}

TEST_F(LedgerReaderTest, DaysAreThoseOfTheZone) {
    spend("r.1", "m", "t", Purpose::Answer, 1, kDay.end - 2h - 1ms);
    spend("r.2", "m", "t", Purpose::Answer, 2, kDay.end - 2h);
    spend("r.3", "m", "t", Purpose::Answer, 4, kDay.end);
    all_.by = {SpendColumn::Day};
    EXPECT_EQ(lines(all_), (Lines{"2024-10-04 : 2 2 3 30", "2024-10-05 : 1 1 4 40"}));
    all_.zone = TimeZone::find("Europe/Berlin").value();
    EXPECT_EQ(lines(all_), (Lines{"2024-10-04 : 1 1 1 10", "2024-10-05 : 2 2 6 60"}));
}

TEST_F(LedgerReaderTest, TheTimeBeginsWithItsFirstMomentAndEndsBeforeItsLast) {
    spend("r.1", "m", "t", Purpose::Answer, 1, kNoon - 1ms);
    spend("r.2", "m", "t", Purpose::Answer, 2, kNoon);
    spend("r.3", "m", "t", Purpose::Answer, 4, kNoon + 1h);
    all_.from = kNoon;
    all_.until = kNoon + 1h;
    EXPECT_EQ(lines(all_), (Lines{": 1 1 2 20"}));
}

TEST_F(LedgerReaderTest, WithoutSpendingTheSumIsZero) {
    EXPECT_EQ(lines(all_), (Lines{": 0 0 0 0"}));
    all_.by = {SpendColumn::Model};
    EXPECT_TRUE(lines(all_).empty());
}

TEST_F(LedgerReaderTest, TheLargestSumsDoNotWrapAround) {
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
    spend("r.1", "m", "t", Purpose::Failed, kMost);
    spend("r.2", "m", "t", Purpose::Failed, kMost);
    EXPECT_EQ(totals(all_)[0].cost, nano(kMost));
}

TEST_F(LedgerReaderTest, MoreRowsThanAllowedIsAnError) {
    spend("r.1", "a", "t", Purpose::Answer, 1);
    spend("r.2", "b", "t", Purpose::Answer, 1);
    EXPECT_TRUE(store_->flush(kPatience));
    Result<LedgerReader> reader = LedgerReader::at(folder_.file());
    ASSERT_TRUE(reader);
    all_.by = {SpendColumn::Model};
    all_.rows_max = 1;
    const Result<std::vector<SpendRow>> rows = reader->totals(all_);
    ASSERT_FALSE(rows);
    EXPECT_EQ(rows.error().message(),
              "There are more than 1 groups of spending; group by fewer columns or ask for a shorter time.");
    // It is good for another question.
    all_.rows_max = 2;
    EXPECT_TRUE(reader->totals(all_));
}

TEST_F(LedgerReaderTest, ReadsWhatAClosedStoreLeft) {
    spend("r.1", "a", "t", Purpose::Answer, 1);
    store_->close();
    Result<LedgerReader> reader = LedgerReader::at(folder_.file());
    ASSERT_TRUE(reader) << reader.error().message();
    const Result<std::vector<SpendRow>> rows = reader->totals(all_);
    ASSERT_TRUE(rows) << rows.error().message();
    EXPECT_EQ(rows->at(0).cost, nano(1));
}

TEST(LedgerReader, SaysWhatIsWrongWithTheFile) {
    LedgerFolder folder;
    EXPECT_EQ(LedgerReader::at(folder.file()).error().message(),
              "The ledger file " + folder.file() + " cannot be used: there is no such file.");
    std::ofstream(folder.file()) << "";
    EXPECT_EQ(LedgerReader::at(folder.file()).error().message(),
              "The ledger file " + folder.file() + " cannot be used: it is empty; no ledger was ever kept in it.");
    EXPECT_FALSE(std::filesystem::exists(folder.file() + "-wal"));
}

TEST(SpendColumn, NamesAreReadAsTheyAreWritten) {
    for (const SpendColumn column : {SpendColumn::Class, SpendColumn::Tier, SpendColumn::Model, SpendColumn::Principal,
                                     SpendColumn::Team, SpendColumn::Day, SpendColumn::Purpose}) {
        EXPECT_EQ(spend_column_named(name_of(column)), column);
    }
    EXPECT_FALSE(spend_column_named("principal"));
}

}  // namespace
}  // namespace tierway::store
