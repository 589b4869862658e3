#include "tierway/lab/calibration_fit.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "lab/pair_models.hpp"
#include "lab/recorded.hpp"
#include "tierway/decision/gain_policy.hpp"

namespace tierway::lab::test {
namespace {

/// `count` rows of the class `doubts`: where the second opinion agrees the cheap model is right, else the strong one is.
std::vector<Outcome> telling_outcomes(std::size_t count) {
    std::vector<Outcome> outcomes;
    for (std::size_t i = 0; i < count; ++i) {
        Outcome outcome;
        outcome.id = "row-" + std::to_string(i);
        outcome.prompt = "Are you sure of number " + std::to_string(i) + "?";
        const bool easy = i % 3 != 0;
        outcome.answers["some/cheap"] = answered(easy, R"({"answer": "1"})");
        outcome.answers["some/spare"] = answered(true, easy ? R"({"answer": "1"})" : R"({"answer": "2"})");
        outcome.answers["some/strong"] = answered(true, R"({"answer": "2"})", 100, 60);
        outcomes.push_back(std::move(outcome));
    }
    return outcomes;
}

std::vector<const Outcome*> all_of(const std::vector<Outcome>& outcomes) {
    std::vector<const Outcome*> rows;
    for (const Outcome& outcome : outcomes) {
        rows.push_back(&outcome);
    }
    return rows;
}

TEST(Observe, SeesWhatTheDecisionCoreWouldSee) {
    const DecisionCore core = core_of();
    const std::vector<Outcome> outcomes = telling_outcomes(6);
    const auto taught = observe(core, all_of(outcomes));
    ASSERT_EQ(taught.size(), 1U);
    EXPECT_EQ(taught[0].key, (decision::PairKey{"doubts", "some/cheap", "some/strong", "some/spare"}));
    ASSERT_EQ(taught[0].observations.size(), 6U);
    const auto agrees = static_cast<std::size_t>(cascade::DraftMeasure::Agrees);
    EXPECT_EQ(taught[0].observations[0].draft[agrees], 0.0);
    EXPECT_EQ(taught[0].observations[1].draft[agrees], 1.0);
    EXPECT_DOUBLE_EQ(taught[0].observations[0].cheap_usd, 150e-6);
    EXPECT_DOUBLE_EQ(taught[0].observations[0].second_usd, 300e-6);
    EXPECT_DOUBLE_EQ(taught[0].observations[0].strong_usd, 1600e-6);
}

TEST(Observe, LeavesOutRowsThatLackAnAnswer) {
    const DecisionCore core = core_of();
    std::vector<Outcome> outcomes = telling_outcomes(4);
    outcomes[0].answers.erase("some/cheap");
    outcomes[1].answers.erase("some/spare");
    outcomes[2].answers.erase("some/strong");
    const auto taught = observe(core, all_of(outcomes));
    ASSERT_EQ(taught.size(), 1U);
    EXPECT_EQ(taught[0].observations.size(), 1U);
}

TEST(FitCalibration, LearnsWhichDraftsToKeep) {
    const DecisionCore core = core_of();
    const std::vector<Outcome> outcomes = telling_outcomes(600);
    const decision::CalibrationPtr calibration = fit_calibration(core, all_of(outcomes));
    ASSERT_EQ(calibration->pairs().size(), 1U);
    const decision::PairCalibration& pair = calibration->pairs()[0];
    EXPECT_EQ(pair.table.rows, 600U);
    EXPECT_EQ(pair.table.both, 400U);
    EXPECT_EQ(pair.table.only_strong, 200U);
    ASSERT_TRUE(pair.draft);
    EXPECT_EQ(pair.draft->cheap_map.kind(), cascade::ProbabilityMap::Kind::Platt);
    const auto taught = observe(core, all_of(outcomes));
    EXPECT_GT(pair.draft->chances(taught[0].observations[1].draft).cheap, 0.95);
    EXPECT_LT(pair.draft->chances(taught[0].observations[0].draft).cheap, 0.1);
    // All quality is kept by letting just the third climb that the others doubt.
    const auto lambda = decision::lambda_of(config::GainKnob::Quality, 1.0, pair);
    ASSERT_TRUE(lambda);
    const auto point = std::find_if(pair.lambdas.begin(), pair.lambdas.end(), [&](const auto& at) { return at.lambda == *lambda; });
    ASSERT_NE(point, pair.lambdas.end());
    EXPECT_EQ(point->climbed, 200.0);
    EXPECT_EQ(point->acceptable, 600.0);
    const auto from = decision::accept_from(0.02, pair);
    ASSERT_TRUE(from);
    EXPECT_GT(*from, 0.9);
    EXPECT_NEAR(pair.table.climbed_share, 1.0 / 3.0, 0.01);
}

TEST(FitCalibration, KnowsOnlyTheMeanOfTooFewRows) {
    const DecisionCore core = core_of();
    const std::vector<Outcome> outcomes = telling_outcomes(299);
    const auto calibration = fit_calibration(core, all_of(outcomes));
    const decision::PairCalibration& pair = calibration->pairs()[0];
    EXPECT_FALSE(pair.draft);
    EXPECT_NEAR(pair.table.cheap_acceptable, 2.0 / 3.0, 0.01);
}

TEST(FitCalibration, SharesTheClimbsAsTheyWillBeServed) {
    // No λ stays within that cost, so the class never climbs: neither when it is served nor in what is said of it.
    std::string yaml(kConfiguration);
    const std::string_view below = "below: 0.7";
    yaml.replace(yaml.find(below), below.size(), "gain: {cost_share: 0.001}");
    const DecisionCore core = core_of("calibration: {file: learnt.twq}\n" + yaml);
    const std::vector<Outcome> outcomes = telling_outcomes(600);
    EXPECT_EQ(fit_calibration(core, all_of(outcomes))->pairs()[0].table.climbed_share, 0.0);
}

TEST(FitCalibration, IsTheSameEveryTime) {
    const DecisionCore core = core_of();
    const std::vector<Outcome> outcomes = telling_outcomes(400);
    const auto first = fit_calibration(core, all_of(outcomes));
    const auto again = fit_calibration(core, all_of(outcomes));
    EXPECT_EQ(first->pairs()[0].draft->cheap.weights, again->pairs()[0].draft->cheap.weights);
    EXPECT_EQ(first->pairs()[0].lambdas.size(), again->pairs()[0].lambdas.size());
}

TEST(AskModel, TellsAsksApartByTheirWords) {
    std::vector<Observation> observations;
    for (std::size_t i = 0; i < 400; ++i) {
        Observation& row = observations.emplace_back();
        row.id = "row-" + std::to_string(i);
        const bool hard = i % 2 == 0;
        row.ask = hard ? "Prove the theorem about rings" : "Name the capital city";
        row.cheap_acceptable = !hard;
        row.strong_acceptable = true;
    }
    const auto chances = held_out_ask_chances(observations, 0);
    EXPECT_GT(chances[0].gain(), 0.5);
    EXPECT_LT(chances[1].gain(), 0.5);
}

}  // namespace
}  // namespace tierway::lab::test
