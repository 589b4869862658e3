#include "tierway/decision/gain_policy.hpp"

#include "decision/binomial_bound.hpp"
#include "decision/learnt.hpp"

namespace tierway::decision::test {
namespace {

using config::GainKnob;

TEST(BinomialBound, IsThatOfClopperAndPearson) {
    // Without errors the bound is 1 − 0.05^(1/n): 59 rows promise less than 5 %, 58 do not.
    EXPECT_LT(upper_binomial_bound(0, 59, 0.95), 0.05);
    EXPECT_GT(upper_binomial_bound(0, 58, 0.95), 0.05);
    EXPECT_NEAR(upper_binomial_bound(5, 100, 0.95), 0.1023, 5e-4);
    EXPECT_EQ(upper_binomial_bound(0, 0, 0.95), 1.0);
    EXPECT_EQ(upper_binomial_bound(3, 3, 0.95), 1.0);
}

TEST(GainPolicy, TakesTheGreatestLambdaThatKeepsTheQuality) {
    const PairCalibration pair = learnt_pair();
    EXPECT_EQ(lambda_of(GainKnob::Quality, 1.0, pair), 10.0);
    EXPECT_EQ(lambda_of(GainKnob::Quality, 0.97, pair), 20.0);
    EXPECT_EQ(lambda_of(GainKnob::Quality, 0.5, pair), 40.0);
}

TEST(GainPolicy, TakesTheLeastLambdaThatStaysWithinTheCost) {
    const PairCalibration pair = learnt_pair();
    EXPECT_EQ(lambda_of(GainKnob::CostShare, 0.95, pair), 0.0);
    EXPECT_EQ(lambda_of(GainKnob::CostShare, 0.4, pair), 20.0);
    EXPECT_EQ(lambda_of(GainKnob::CostShare, 0.05, pair), std::nullopt);
    EXPECT_EQ(lambda_of(GainKnob::Lambda, 7.5, pair), 7.5);
}

TEST(GainPolicy, ServesNoMoreDraftsThanTheBoundAllows) {
    const PairCalibration pair = learnt_pair();
    EXPECT_EQ(accept_from(0.05, pair), 0.9);
    EXPECT_EQ(accept_from(0.2, pair), 0.8);
    EXPECT_EQ(accept_from(0.001, pair), std::nullopt);
}

TEST(GainPolicy, KnowsTheClassesThatWereLearnt) {
    const auto snapshot = snapshot_with("gain: {quality: 0.97}");
    const auto policy = GainPolicy::make(*snapshot, calibration_of(learnt_pair()));
    ASSERT_TRUE(policy);
    const LearntClass* learnt = (*policy)->find(*snapshot->find_class("chat"));
    ASSERT_NE(learnt, nullptr);
    EXPECT_EQ(learnt->lambda, 20.0);
    EXPECT_EQ((*policy)->find(*snapshot->find_class("plain")), nullptr);
}

TEST(GainPolicy, ExpiresWhenTheModelChanges) {
    const auto snapshot = snapshot_with("gain: {quality: 0.97}");
    PairCalibration other = learnt_pair();
    other.key.strong = "near/other";
    const auto policy = GainPolicy::make(*snapshot, calibration_of(std::move(other)));
    ASSERT_FALSE(policy);
    EXPECT_NE(policy.error().message().find("run `tierway calibrate`"), std::string_view::npos);
}

TEST(GainPolicy, LeavesAClassWithAThresholdUncalibratedWhenNothingIsKnown) {
    const auto snapshot = snapshot_with("below: 0.5");
    const auto policy = GainPolicy::make(*snapshot, nullptr);
    ASSERT_TRUE(policy);
    EXPECT_EQ((*policy)->find(*snapshot->find_class("chat")), nullptr);
    EXPECT_TRUE((*policy)->warnings(*snapshot).empty());
}

TEST(GainPolicy, ServesNoDraftWhereNoneCanBeTrustedThatFar) {
    const auto snapshot = snapshot_with("gain: {accepted_error_max: 0.001}");
    const auto policy = GainPolicy::make(*snapshot, calibration_of(learnt_pair()));
    ASSERT_TRUE(policy);
    EXPECT_GT(*(*policy)->find(*snapshot->find_class("chat"))->accept_from, 1.0);
}

TEST(GainPolicy, WarnsOfCascadesThatDoNotPayAndTiersThatAreNoBetter) {
    const auto snapshot = snapshot_with("gain: {quality: 0.97}");
    PairCalibration pair = learnt_pair();
    pair.table.climbed_share = 0.95;
    pair.table.only_cheap = 250;
    pair.table.only_strong = 50;
    const auto policy = GainPolicy::make(*snapshot, calibration_of(pair));
    ASSERT_TRUE(policy);
    const auto warnings = (*policy)->warnings(*snapshot);
    ASSERT_EQ(warnings.size(), 2U);
    EXPECT_NE(warnings[0].find("costs more than `tier: frontier` would"), std::string::npos) << warnings[0];
    EXPECT_NE(warnings[1].find("gains nothing by climbing"), std::string::npos) << warnings[1];
}

TEST(GainPolicy, WarnsOfTooFewOutcomes) {
    const auto snapshot = snapshot_with("gain: {quality: 0.5}");
    PairCalibration pair = learnt_pair();
    pair.table.rows = 100;
    const auto policy = GainPolicy::make(*snapshot, calibration_of(pair));
    ASSERT_TRUE(policy);
    ASSERT_FALSE((*policy)->warnings(*snapshot).empty());
    EXPECT_NE((*policy)->warnings(*snapshot)[0].find("calibrated by 100 outcomes"), std::string::npos);
}

}  // namespace
}  // namespace tierway::decision::test
