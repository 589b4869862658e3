#include "decision/learnt_verdict.hpp"

#include <cmath>

#include "decision/learnt.hpp"
#include "tierway/decision/expected_cost.hpp"
#include "tierway/decision/plan.hpp"

namespace tierway::decision::test {
namespace {

dialect::ChatAnswer answer(std::string text, std::int64_t tokens) {
    dialect::ChatAnswer made;
    dialect::AnswerChoice& choice = made.choices.emplace_back();
    choice.content = std::move(text);
    choice.finish_reason = dialect::FinishReason::Stop;
    dialect::TokenUsage& usage = made.usage.emplace();
    usage.prompt = 100;
    usage.completion = tokens;
    return made;
}

class LearntVerdict : public ::testing::Test {
protected:
    DraftVerdict judge(const LearntClass& learnt, const dialect::ChatAnswer& draft, const dialect::ChatAnswer* second = nullptr) {
        cascade::Opinions opinions;
        opinions.second = second;
        return learnt_verdict(*snapshot_, learnt, {}, draft, opinions, 0.5);
    }
    config::SnapshotPtr snapshot_ = snapshot_with("below: 0.5");
    PairCalibration pair_ = learnt_pair();
};

TEST_F(LearntVerdict, ClimbsWhenTheGainIsWorthItsCost) {
    const dialect::ChatAnswer draft = answer("It is 41.", 10);
    const dialect::ChatAnswer other = answer("It is 42.", 10);
    // sigmoid(2) − sigmoid(−1) = 0.6118 for an answer of e^0 − 1 tokens at least: 100 · 10 + 1 · 20 USD per million.
    const double usd = expected_strong_usd(*snapshot_, pair_, sizes_of(draft, {}));
    EXPECT_NEAR(usd, 0.00102, 1e-9);
    LearntClass learnt{.pair = &pair_, .lambda = 0.6 / usd, .accept_from = {}};
    const DraftVerdict verdict = judge(learnt, draft, &other);
    ASSERT_TRUE(verdict.expected_gain);
    EXPECT_NEAR(*verdict.expected_gain, 0.6118, 1e-3);
    EXPECT_TRUE(verdict.wants_better);
    learnt.lambda = 0.62 / usd;
    EXPECT_FALSE(judge(learnt, draft, &other).wants_better);
}

TEST_F(LearntVerdict, KeepsADraftThatOthersAgreeWith) {
    const dialect::ChatAnswer draft = answer("It is 42.", 10);
    const LearntClass learnt{.pair = &pair_, .lambda = 1.0, .accept_from = {}};
    const DraftVerdict verdict = judge(learnt, draft, &draft);
    EXPECT_NEAR(verdict.judgement.confidence, 1.0 / (1.0 + std::exp(-3.0)), 1e-9);
    EXPECT_LT(*verdict.expected_gain, 0.0);
    EXPECT_FALSE(verdict.wants_better);
}

TEST_F(LearntVerdict, JudgesAClassWithoutARuleByItsThreshold) {
    const LearntClass learnt{.pair = &pair_, .lambda = {}, .accept_from = {}};
    const dialect::ChatAnswer draft = answer("It is 42.", 10);
    EXPECT_TRUE(judge(learnt, draft).wants_better);
    EXPECT_FALSE(judge(learnt, draft, &draft).wants_better);
}

TEST_F(LearntVerdict, BelievesNoDraftWithAFatalSignal) {
    dialect::ChatAnswer draft = answer("It is 42.", 10);
    draft.choices[0].finish_reason = dialect::FinishReason::ContentFilter;
    const LearntClass learnt{.pair = &pair_, .lambda = 1.0, .accept_from = {}};
    const DraftVerdict verdict = judge(learnt, draft, &draft);
    EXPECT_LE(verdict.judgement.confidence, cascade::kFatalConfidence);
    EXPECT_TRUE(verdict.wants_better);
}

TEST_F(LearntVerdict, CountsTheLeastPromisingOfSeveralChoices) {
    dialect::ChatAnswer draft = answer("It is 42.", 10);
    draft.choices.push_back(draft.choices[0]);
    draft.choices[1].content = "It is 7.";
    const dialect::ChatAnswer second = answer("It is 42.", 10);
    const LearntClass learnt{.pair = &pair_, .lambda = {}, .accept_from = {}};
    EXPECT_LT(judge(learnt, draft, &second).judgement.confidence, 0.5);
    EXPECT_TRUE(judge(learnt, dialect::ChatAnswer{}).wants_better);
}

TEST_F(LearntVerdict, GivesTheMeanOfItsClassWhereDraftsWereTooFew) {
    pair_.draft.reset();
    const LearntClass learnt{.pair = &pair_, .lambda = 1.0, .accept_from = {}};
    const DraftVerdict verdict = judge(learnt, answer("Anything.", 10));
    EXPECT_DOUBLE_EQ(verdict.judgement.confidence, 0.7);
    EXPECT_NEAR(*verdict.expected_gain, 0.2, 1e-12);
}

class ChooseByAsk : public ::testing::Test {
protected:
    const Plan& plan_with(double lambda) {
        const config::SnapshotPtr snapshot = snapshot_with("gain: {lambda: " + std::to_string(lambda) + ", decide: ask}");
        snapshots_.push_back(snapshot);
        const auto gains = GainPolicy::make(*snapshot, calibration_of(learnt_pair()));
        gains_ = *gains;
        classifiers_.push_back(std::make_unique<classify::Classifier>(snapshot));
        PlanOptions options;
        options.principal = &policy::local_principal();
        options.gains = gains_.get();
        const auto planned = make_plan(*snapshot, *classifiers_.back(), options,
                                       R"({"model":"auto","messages":[{"role":"user","content":"How much is 6 times 7?"}]})", parser_,
                                       SteadyTime{}, plan_);
        EXPECT_TRUE(planned);
        return plan_;
    }
    std::vector<config::SnapshotPtr> snapshots_;
    std::vector<std::unique_ptr<classify::Classifier>> classifiers_;
    GainPolicyPtr gains_;
    wire::JsonParser parser_;
    Plan plan_;
};

TEST_F(ChooseByAsk, GoesStraightUpWhenTheGainIsWorthIt) {
    const Plan& plan = plan_with(10.0);
    EXPECT_EQ(plan.route->tier, config::TierId{1});
    EXPECT_FALSE(plan.route->cascade);
    ASSERT_EQ(plan.climbs.size(), 1U);
    EXPECT_EQ(plan.climbs[0].why, policy::ClimbReason::ExpectedGain);
    EXPECT_TRUE(plan.climbs[0].approval.approved);
    EXPECT_NEAR(*plan.expected_gain, 0.2, 1e-12);
}

TEST_F(ChooseByAsk, StaysAndJudgesNothingWhenItIsNot) {
    const Plan& plan = plan_with(1000.0);
    EXPECT_EQ(plan.route->tier, config::TierId{0});
    EXPECT_FALSE(plan.route->cascade);
    EXPECT_TRUE(plan.climbs.empty());
}

}  // namespace
}  // namespace tierway::decision::test
