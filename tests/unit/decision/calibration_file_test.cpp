#include <cstdio>
#include <filesystem>
#include <fstream>

#include "decision/learnt.hpp"

namespace tierway::decision::test {
namespace {

class CalibrationFile : public ::testing::Test {
protected:
    void TearDown() override { std::filesystem::remove(path_); }
    std::string path_ = (std::filesystem::temp_directory_path() /
                         ("tierway-calibration-" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()) + ".twq"))
                            .string();
};

AskModel ask_model() {
    AskModel model;
    model.recipe.word_slots_log2 = 8;
    model.recipe.character_slots_log2 = 0;
    model.means.assign(classify::kAskMeasures, 0.25);
    model.scales.assign(classify::kAskMeasures, 2.0);
    model.cheap = {std::vector<double>(classify::kAskMeasures, 0.125), -0.5};
    model.strong = {std::vector<double>(classify::kAskMeasures, -0.125), 0.5};
    model.ngrams.assign(2 * model.recipe.slots(), 0.0625F);
    return model;
}

TEST_F(CalibrationFile, GivesBackWhatWasWritten) {
    PairCalibration pair = learnt_pair();
    pair.key.terms = "effort=low";
    pair.ask = ask_model();
    auto map = cascade::ProbabilityMap::isotonic({{0.1, 0.2}, {0.7, 0.9}});
    ASSERT_TRUE(map);
    pair.draft->cheap_map = *map;
    pair.draft->strong_map = cascade::ProbabilityMap::platt(1.25, -0.75);
    ASSERT_TRUE(calibration_of(pair)->write(path_));
    const auto read = Calibration::read(path_);
    ASSERT_TRUE(read) << read.error().message();
    const PairCalibration* found = (*read)->find(pair.key);
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->table.only_strong, 250U);
    EXPECT_EQ(found->lambdas.size(), 4U);
    EXPECT_EQ(found->acceptance[1].wrong, 8U);
    cascade::DraftMeasures measures{};
    measures[static_cast<std::size_t>(cascade::DraftMeasure::Agrees)] = 1.0;
    EXPECT_EQ(found->draft->chances(measures).cheap, pair.draft->chances(measures).cheap);
    EXPECT_EQ(found->draft->chances(measures).strong, pair.draft->chances(measures).strong);
    NgramScratch scratch;
    std::vector<HashedFeature> features;
    EXPECT_EQ(found->ask->chances("How many?", scratch, features).gain(), pair.ask->chances("How many?", scratch, features).gain());
}

TEST(WordsOf, KeepsWordsAndNumbersOfTwoBytesOrMore) {
    EXPECT_EQ(words_of("A. If x=12, é costs $3.50?\n"), "If 12 é costs 50 ");
    EXPECT_EQ(words_of(""), "");
    EXPECT_EQ(words_of("?"), "");
}

TEST_F(CalibrationFile, KnowsNothingUnderAnotherKey) {
    const auto calibration = calibration_of(learnt_pair());
    PairKey key = learnt_pair().key;
    EXPECT_NE(calibration->find(key), nullptr);
    for (std::string PairKey::*part : {&PairKey::request_class, &PairKey::cheap, &PairKey::strong, &PairKey::second, &PairKey::terms}) {
        PairKey other = key;
        other.*part += "x";
        EXPECT_EQ(calibration->find(other), nullptr);
    }
}

TEST(PairKey, TellsApartHowTheSameModelsAreAsked) {
    const auto terms = [](std::string_view rule) {
        const config::SnapshotPtr snapshot = snapshot_with(rule);
        return pair_key(*snapshot, *snapshot->find_class("chat"))->terms;
    };
    EXPECT_EQ(terms("below: 0.5"), "");
    EXPECT_EQ(terms("below: 0.5, agreement: {model: near/dear}"), "");
    EXPECT_EQ(terms("below: 0.5, agreement: {model: near/dear, samples: 3, field: result}"), "samples=3 field=result");
    EXPECT_EQ(terms("below: 0.5}, thinking: {effort: low"), "effort=low");
}

TEST_F(CalibrationFile, IsRefusedWhenItIsMissingForeignOrDamaged) {
    EXPECT_FALSE(Calibration::read(path_));
    std::ofstream(path_) << "no calibration at all";
    const auto foreign = Calibration::read(path_);
    ASSERT_FALSE(foreign);
    EXPECT_NE(foreign.error().message().find(path_), std::string_view::npos);
    ASSERT_TRUE(calibration_of(learnt_pair())->write(path_));
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(400);
    file.put('\x7f');
    file.close();
    EXPECT_FALSE(Calibration::read(path_));
}

TEST_F(CalibrationFile, IsRefusedWhenItsNumbersAreImpossible) {
    PairCalibration pair = learnt_pair();
    pair.table.both += 1;
    ASSERT_TRUE(calibration_of(pair)->write(path_));
    const auto read = Calibration::read(path_);
    ASSERT_FALSE(read);
    EXPECT_NE(read.error().message().find("does not add up"), std::string_view::npos) << read.error().message();
    for (const double share : {-0.1, 1.1}) {
        pair = learnt_pair();
        pair.table.climbed_share = share;
        ASSERT_TRUE(calibration_of(pair)->write(path_));
        EXPECT_FALSE(Calibration::read(path_));
    }
    pair = learnt_pair();
    pair.draft->means.pop_back();
    ASSERT_TRUE(calibration_of(pair)->write(path_));
    EXPECT_FALSE(Calibration::read(path_));
}

}  // namespace
}  // namespace tierway::decision::test
