#include "tierway/lab/evaluation.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "lab/recorded.hpp"
#include "tierway/lab/evaluation_run.hpp"

namespace tierway::lab {
namespace {

using test::outcome;

constexpr double kNear = 1e-9;

/// Ten judged sums: the cheap model is right on seven; of its three failures one is a draft that shows it. The strong one is right
/// on nine. And two poems that are not judged.
std::vector<Outcome> rows() {
    std::vector<Outcome> rows;
    for (int i = 0; i < 10; ++i) {
        const bool cheap_is_right = i < 7;
        rows.push_back(outcome("sum-" + std::to_string(i), "1+1?", cheap_is_right, i != 9, i == 7 ? test::kBadDraft : test::kGoodDraft));
    }
    rows.push_back(outcome("poem-0", "A poem", true, true));
    rows.push_back(outcome("poem-1", "A poem", false, true));
    return rows;
}

class EvaluationTest : public ::testing::Test {
protected:
    EvaluationSet evaluated(const Bars& bars = {}) {
        return evaluate(*core.snapshot, replay_all(core, outcomes).rows, bars, 1);
    }

    DecisionCore core = test::core_of();
    std::vector<Outcome> outcomes = rows();
};

TEST_F(EvaluationTest, CountsCostAndQualityAsComputedByHand) {
    const EvaluationSet set = evaluated();
    ASSERT_EQ(set.classes.size(), 2U) << "classes without rows are left out";
    const Figures& sums = set.classes.at("sums").policy;
    EXPECT_EQ(sums.rows, 10U);
    // Ten drafts at 150 µ$ and one answer of the frontier at 2,000 µ$.
    EXPECT_NEAR(sums.cost_usd, 0.0035, kNear);
    EXPECT_NEAR(sums.cost_ratio.value(), 0.175, kNear);
    EXPECT_NEAR(sums.quality, 0.8, kNear);
    EXPECT_NEAR(sums.quality_ratio.value(), 8.0 / 9, kNear);
    EXPECT_NEAR(sums.quality_difference, -0.1, kNear);
    ASSERT_TRUE(sums.quality_difference_interval);
    EXPECT_LE(sums.quality_difference_interval->low, -0.1);
    EXPECT_GE(sums.quality_difference_interval->high, -0.1);
    EXPECT_NEAR(sums.escalation_rate, 0.1, kNear);
    EXPECT_NEAR(sums.tier_share[0], 0.9, kNear);
    EXPECT_NEAR(sums.tier_share[1], 0.1, kNear);
    EXPECT_NEAR(sums.quality_regret, 0.1, kNear) << "the oracle finds the ninth";
    EXPECT_NEAR(set.overall.policy.cost_usd, 0.0038, kNear);
    EXPECT_EQ(set.overall.policy.rows, 12U);
}

TEST_F(EvaluationTest, KnowsItsBaselines) {
    const Evaluation sums = evaluated().classes.at("sums");
    EXPECT_NEAR(sums.baselines.cheap.cost_usd, 0.0015, kNear);
    EXPECT_NEAR(sums.baselines.cheap.quality, 0.7, kNear);
    EXPECT_NEAR(sums.baselines.frontier.cost_usd, 0.02, kNear);
    EXPECT_NEAR(sums.baselines.frontier.quality_ratio.value(), 1.0, kNear);
    EXPECT_NEAR(sums.baselines.frontier.quality_difference_interval->low, 0.0, kNear);
    // The coin flip pays the policy's 3,500 µ$: a share of 2,000 / 18,500 at the frontier.
    EXPECT_NEAR(sums.baselines.random.cost_usd, 0.0035, kNear);
    EXPECT_NEAR(sums.baselines.random.quality, 0.7 + 0.2 * 2.0 / 18.5, kNear);
    EXPECT_DOUBLE_EQ(sums.baselines.random.apgr.value(), 0.5);
    EXPECT_NEAR(sums.baselines.oracle.quality, 0.9, kNear);
    EXPECT_NEAR(sums.baselines.oracle.cost_usd, 0.0012 + 0.004, kNear);
    EXPECT_NEAR(sums.baselines.shuffled.quality, 0.72, kNear) << "a tenth climbs, whichever";
    EXPECT_NEAR(sums.baselines.shuffled.apgr.value(), 0.5, 0.15);
    EXPECT_GT(sums.policy.apgr.value(), 0.5) << "the first to climb is a failure that the strong model mends";
}

TEST_F(EvaluationTest, MissesABarThatTheQualityDoesNotReach) {
    const EvaluationSet set = evaluated();
    EXPECT_EQ(set.classes.at("sums").quality_bar, 0.9);
    EXPECT_FALSE(set.classes.at("sums").meets_bar());
    EXPECT_TRUE(set.classes.at("poems").meets_bar()) << "without a bar nothing is missed";
    EXPECT_FALSE(set.meets_bars());
    EXPECT_TRUE(evaluated({{"sums", 0.88}}).meets_bars()) << "a bar that is given stands in for the configured one";
}

TEST_F(EvaluationTest, RepeatsItself) {
    const EvaluationSet first = evaluated();
    const EvaluationSet second = evaluated();
    EXPECT_EQ(first.overall.policy.quality_difference_interval->low, second.overall.policy.quality_difference_interval->low);
    EXPECT_EQ(first.overall.baselines.shuffled.apgr, second.overall.baselines.shuffled.apgr);
}

TEST_F(EvaluationTest, WritesTheObjectOfItsContract) {
    const Replay replay = replay_all(core, outcomes);
    EvaluationRun run;
    run.snapshot = core.snapshot;
    run.set = evaluate(*core.snapshot, replay.rows, {}, 1);
    run.files = {"rows \"1\".jsonl"};
    run.rows_read = outcomes.size();
    const auto json = nlohmann::json::parse(evaluation_json(run));
    for (const auto& figures : {json["overall"], json["classes"]["sums"], json["baselines"]["cheap"], json["baselines"]["frontier"],
                                json["baselines"]["random"], json["baselines"]["oracle"], json["baselines"]["shuffled"]}) {
        for (const char* name : {"rows", "cost_usd", "cost_ratio", "quality", "quality_ratio", "quality_difference_ci", "tier_share",
                                 "escalation_rate", "apgr", "cpt", "ece", "brier"}) {
            EXPECT_TRUE(figures.contains(name)) << name;
        }
        for (const char* threshold : {"50", "80", "95"}) {
            EXPECT_TRUE(figures["cpt"].contains(threshold));
        }
    }
    EXPECT_EQ(json["overall"]["quality_difference_ci"].size(), 2U);
    EXPECT_NEAR(json["overall"]["tier_share"]["frontier"].get<double>(), 1.0 / 12, kNear);
    EXPECT_EQ(json["mode"]["calibration"], "as_configured");
    EXPECT_EQ(json["meets_bars"], false);
    EXPECT_TRUE(json["classes"]["poems"]["ece"].is_null()) << "nothing is judged there";
}

TEST_F(EvaluationTest, SaysInWordsWhatMissedItsBarAndWhatWasPassedOver) {
    outcomes[0].answers.erase("some/strong");
    const Replay replay = replay_all(core, outcomes);
    EvaluationRun run;
    run.snapshot = core.snapshot;
    run.set = evaluate(*core.snapshot, replay.rows, {}, 1);
    run.rows_read = outcomes.size();
    run.passed_over = reasons_of(replay.passed_over);
    const std::string text = evaluation_text(run);
    EXPECT_NE(text.find("90.0 MISSED"), std::string::npos) << text;
    EXPECT_NE(text.find("11 of 12 rows"), std::string::npos) << text;
    EXPECT_NE(text.find("Passed over: 1 rows (answer_missing). There is no recorded answer of `some/strong`"), std::string::npos) << text;
}

TEST_F(EvaluationTest, OfARowIsOneJsonLine) {
    const Replay replay = replay_all(core, outcomes);
    const std::string line = row_json(*core.snapshot, outcomes[7].id, replay.rows[7]);
    EXPECT_EQ(line.back(), '\n');
    const auto json = nlohmann::json::parse(line);
    EXPECT_EQ(json["id"], "sum-7");
    EXPECT_EQ(json["class"], "sums");
    EXPECT_EQ(json["model"], "some/strong");
    EXPECT_EQ(json["escalated"], true);
    EXPECT_EQ(json["cost_nano_usd"], 2'150'000);
    EXPECT_EQ(json["acceptable"], true);
}

TEST(Reasons, AreCountedAndTheRareOnesCollected) {
    std::vector<PassedOverRow> rows;
    for (std::size_t i = 0; i < 30; ++i) {
        rows.push_back({i, Error::downstream(ErrorKind::InvalidRequest, "c", "reason " + std::to_string(i))});
    }
    rows.push_back(rows[3]);
    const auto reasons = reasons_of(rows);
    ASSERT_EQ(reasons.size(), 20U);
    EXPECT_EQ(reasons.front().message, "reason 3");
    EXPECT_EQ(reasons.front().rows, 2U);
    EXPECT_EQ(reasons.back().code, "other");
    EXPECT_EQ(reasons.back().rows, 11U);
}

}  // namespace
}  // namespace tierway::lab
