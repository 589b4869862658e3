#include "tierway/lab/replay.hpp"

#include <gtest/gtest.h>

#include <set>

#include "lab/recorded.hpp"
#include "tierway/lab/folds.hpp"

namespace tierway::lab {
namespace {

using test::answered;
using test::core_of;
using test::outcome;

// Tokens times USD per million, in nano-dollars.
constexpr Usd kCheap = Usd::from_nano(150 * 1'000);
constexpr Usd kSpare = Usd::from_nano(150 * 2'000);
constexpr Usd kStrong = Usd::from_nano(200 * 10'000);

class ReplayTest : public ::testing::Test {
protected:
    ReplayedRow replayed(const Outcome& row) {
        auto result = replayer.replay(row);
        EXPECT_TRUE(result) << result.error().message();
        return result ? *result : ReplayedRow{};
    }
    [[nodiscard]] std::string model_of(const ReplayedRow& row) const { return core.snapshot->model(row.model).name; }

    DecisionCore core = core_of();
    Replayer replayer{core};
};

TEST_F(ReplayTest, AGoodDraftIsServedAtItsOwnCost) {
    const ReplayedRow row = replayed(outcome("1", "1+1?", true, true));
    EXPECT_EQ(core.snapshot->request_class(row.request_class).name, "sums");
    EXPECT_EQ(model_of(row), "some/cheap");
    EXPECT_FALSE(row.escalated);
    EXPECT_FALSE(row.climbed);
    EXPECT_EQ(row.served.cost, kCheap);
    EXPECT_TRUE(row.served.acceptable);
    EXPECT_GE(row.confidence.value(), 0.5);
    EXPECT_DOUBLE_EQ(row.score, 1.0 - *row.confidence);
    EXPECT_EQ(row.kept.cost, kCheap);
    EXPECT_EQ(row.stepped_up.cost, kCheap + kStrong) << "a draft that is given up is paid all the same";
}

TEST_F(ReplayTest, ABadDraftIsPaidTogetherWithTheBetterAnswer) {
    const ReplayedRow row = replayed(outcome("1", "1+1?", false, true, test::kBadDraft));
    EXPECT_EQ(model_of(row), "some/strong");
    EXPECT_EQ(core.snapshot->tier(row.tier).name, "frontier");
    EXPECT_TRUE(row.escalated);
    EXPECT_EQ(row.served.cost, kCheap + kStrong);
    EXPECT_TRUE(row.served.acceptable);
    EXPECT_FALSE(row.draft_acceptable);
    EXPECT_EQ(row.kept.cost, kCheap);
    EXPECT_FALSE(row.kept.acceptable);
}

TEST_F(ReplayTest, AClassThatIsNotJudgedServesItsTier) {
    const ReplayedRow cheap = replayed(outcome("1", "A poem, please", false, true));
    EXPECT_EQ(model_of(cheap), "some/cheap");
    EXPECT_FALSE(cheap.confidence);
    EXPECT_EQ(cheap.stepped_up.cost, kStrong) << "the frontier would have been asked at once";
    const ReplayedRow strong = replayed(outcome("2", "Please prove it", false, true));
    EXPECT_EQ(model_of(strong), "some/strong");
    EXPECT_TRUE(strong.climbed);
    EXPECT_FALSE(strong.escalated) << "no draft was given up";
    EXPECT_EQ(strong.served.cost, kStrong);
    EXPECT_EQ(strong.kept.cost, kCheap);
    EXPECT_GT(strong.score, cheap.score);
}

TEST_F(ReplayTest, ATierAnswersByItsFirstModelThatTheRowHas) {
    Outcome row = outcome("1", "A poem, please", true, true);
    row.answers.emplace("some/spare", answered(true, "Roses."));
    EXPECT_EQ(model_of(replayed(row)), "some/cheap");
    row.answers.erase("some/cheap");
    const ReplayedRow spared = replayed(row);
    EXPECT_EQ(model_of(spared), "some/spare");
    EXPECT_EQ(spared.served.cost, kSpare);
    EXPECT_EQ(spared.cheap.cost, kSpare);
}

TEST_F(ReplayTest, TheOracleIsTheCheapestAcceptableModelElseTheCheapest) {
    EXPECT_EQ(replayed(outcome("1", "1+1?", true, true)).oracle.cost, kCheap);
    const ReplayedRow strong = replayed(outcome("2", "1+1?", false, true));
    EXPECT_EQ(strong.oracle.cost, kStrong);
    EXPECT_EQ(core.snapshot->tier(strong.oracle_tier).name, "frontier");
    const ReplayedRow none = replayed(outcome("3", "1+1?", false, false));
    EXPECT_EQ(none.oracle.cost, kCheap);
    EXPECT_FALSE(none.oracle.acceptable);
}

TEST_F(ReplayTest, ARecordedTokenProbabilityIsASignalWhereTheModelGivesThem) {
    Outcome row = outcome("1", "1+1?", true, true, "42");
    const double without = replayed(row).confidence.value();
    row.answers.at("some/cheap").token_probability = 0.4;
    const double doubtful = replayed(row).confidence.value();
    row.answers.at("some/cheap").token_probability = 0.99999;
    const double sure = replayed(row).confidence.value();
    EXPECT_LT(doubtful, without);
    EXPECT_GT(sure, doubtful);
}

TEST_F(ReplayTest, ASecondModelThatAgreesKeepsTheDraftAndIsPaid) {
    Outcome row = outcome("1", "Are you sure?", true, true, "The answer is 42.");
    row.answers.emplace("some/spare", answered(true, "So the answer is 42."));
    const ReplayedRow agreed = replayed(row);
    EXPECT_FALSE(agreed.escalated);
    EXPECT_EQ(agreed.served.cost, kCheap + kSpare);
    row.answers.at("some/spare").text = "The answer is 41.";
    const ReplayedRow differs = replayed(row);
    EXPECT_TRUE(differs.escalated);
    EXPECT_EQ(differs.served.cost, kCheap + kSpare + kStrong);
    EXPECT_LT(differs.confidence.value(), agreed.confidence.value());
    row.answers.erase("some/spare");
    EXPECT_EQ(replayer.replay(row).error().code(), "answer_missing") << "what would have been asked is needed";
}

TEST_F(ReplayTest, ARowWithoutAnAnswerThatIsNeededIsPassedOverAndSaysWhy) {
    Outcome no_frontier = outcome("1", "1+1?", true, true);
    no_frontier.answers.erase("some/strong");
    const auto missing = replayer.replay(no_frontier);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code(), "answer_missing");
    EXPECT_NE(missing.error().message().find("`some/strong`"), std::string_view::npos) << missing.error().message();

    Outcome no_text = outcome("2", "1+1?", true, true);
    no_text.answers.at("some/cheap").text.clear();
    const auto unjudged = replayer.replay(no_text);
    ASSERT_FALSE(unjudged);
    EXPECT_EQ(unjudged.error().code(), "answer_text_missing");

    Outcome unneeded = outcome("3", "A poem, please", true, true);
    unneeded.answers.at("some/cheap").text.clear();
    EXPECT_TRUE(replayer.replay(unneeded)) << "what is not judged needs no text";
}

TEST(Replay, AskTheApproverAsTheGatewayDoes) {
    std::string yaml(test::kConfiguration);
    yaml += "gate: {usd_per_request: 0.02, action: acknowledge}\n";
    // The draft's estimate fits the limit, the frontier's does not fit what the draft leaves.
    Replayer replayer(core_of(yaml));
    const auto row = replayer.replay(outcome("1", "1+1?", false, true, test::kBadDraft));
    ASSERT_TRUE(row) << row.error().message();
    EXPECT_FALSE(row->escalated) << "climbing would cost more than the request may";
    EXPECT_EQ(row->served.cost, kCheap);
}

TEST(Replay, CountsWhatItPassesOver) {
    std::vector<Outcome> rows{outcome("1", "1+1?", true, true), outcome("2", "1+2?", true, true), outcome("3", "1+3?", true, true)};
    rows[1].answers.erase("some/strong");
    std::size_t last = 0;
    const Replay replay = replay_all(core_of(), rows, [&](std::size_t done) { last = done; });
    EXPECT_EQ(last, 3U);
    ASSERT_EQ(replay.rows.size(), 2U);
    EXPECT_EQ(replay.rows[1].row, 2U);
    ASSERT_EQ(replay.passed_over.size(), 1U);
    EXPECT_EQ(replay.passed_over[0].row, 1U);
}

TEST(ReplayFolds, JudgeNoRowByWhatWasLearntFromIt) {
    std::vector<Outcome> rows;
    for (int i = 0; i < 60; ++i) {
        rows.push_back(outcome("row-" + std::to_string(i), "1+1?", true, true));
    }
    std::vector<std::set<std::string>> trained_on;
    const DecisionCore core = core_of();
    const FitCore fit = [&](std::span<const Outcome* const> training) -> Result<DecisionCore> {
        std::set<std::string> ids;
        for (const Outcome* row : training) {
            ids.insert(row->id);
        }
        trained_on.push_back(std::move(ids));
        return core;
    };
    const auto replay = replay_folds(fit, rows, 5, 1);
    ASSERT_TRUE(replay);
    ASSERT_EQ(replay->rows.size(), 60U);
    EXPECT_EQ(replay->rows[17].row, 17U) << "in the order of the rows";
    ASSERT_EQ(trained_on.size(), 5U);
    for (const Outcome& row : rows) {
        const std::size_t own = fold_of(row.id, 5, 1);
        for (std::size_t fold = 0; fold < 5; ++fold) {
            EXPECT_EQ(trained_on[fold].contains(row.id), fold != own);
        }
    }
}

TEST(ReplayFolds, EndWithTheErrorOfTheFit) {
    const std::vector<Outcome> rows{outcome("1", "1+1?", true, true), outcome("2", "1+1?", true, true)};
    const FitCore fit = [](std::span<const Outcome* const>) -> Result<DecisionCore> { return Error::internal("Too few rows."); };
    const auto replay = replay_folds(fit, rows, 2, 1);
    ASSERT_FALSE(replay);
    EXPECT_EQ(replay.error().message(), "Too few rows.");
}

TEST(ClientRequest, HoldsThePromptAndNothingElse) {
    EXPECT_EQ(client_request("a \"b\"\n"), R"({"model":"auto","messages":[{"role":"user","content":"a \"b\"\n"}]})");
}

}  // namespace
}  // namespace tierway::lab
