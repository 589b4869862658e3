#include <gtest/gtest.h>

#include <optional>

#include "tierway/config/load.hpp"
#include "tierway/decision/plan.hpp"

namespace tierway::decision {
namespace {

constexpr const char* kConfiguration = R"(
version: 1
providers:
  near: {dialect: openai, base_url: "http://127.0.0.1:9/v1"}
models:
  near/cheap: {price: {input: 1, output: 2}, context: 1000, max_output: 100, supports: [tools]}
  near/dear: {price: {input: 10, output: 20}, context: 100000, max_output: 1000, supports: [tools, json_schema, vision]}
  near/dearest: {price: {input: 20, output: 40}, context: 100000, max_output: 1000, supports: [tools, json_schema, vision]}
tiers: {small: [near/cheap], frontier: [near/dear], summit: [near/dearest]}
classes:
  chat: {tier: small, max_tier: summit, when_tier_is_down: climb, escalate: {to: frontier, below: 0.6, explore: 0.1}}
  strict: {tier: small, on_denied: reject, escalate: {to: frontier, below: 0.6}}
  limited: {tier: small, usd_per_request: 0.001, escalate: {to: frontier, below: 0.6}}
  fixed: {tier: small}
gate: {usd_per_request: 1.0}
classifier: {default_class: chat}
)";
constexpr config::TierId kSmall{0};
constexpr config::TierId kFrontier{1};
constexpr config::TierId kSummit{2};
constexpr config::ModelId kCheap{0};
constexpr config::ModelId kDear{1};

/// A request of a class of which all drafts that were seen wanted the higher tier, at half of its price.
class PassOverDrafts : public ::testing::Test {
protected:
    PassOverDrafts() {
        for (std::uint16_t i = 0; i < 3; ++i) {
            for (int draft = 0; draft < 50; ++draft) {
                board_.count(config::ClassId{i}, {.wanting = true, .draft_usd = 0.5, .judging_usd = 0.0, .higher_usd = 1.0});
            }
        }
        options_.economics = &board_;
    }
    Result<void> plan(const std::string& model = "auto") {
        body_ = R"({"model":")" + model + R"(","max_tokens":10,"messages":[{"role":"user","content":"12345678"}]})";
        options_.principal = options_.principal == nullptr ? &policy::local_principal() : options_.principal;
        return make_plan(*snapshot_, classifier_, options_, body_, parser_, SteadyTime{}, plan_);
    }
    void expect_drafts() {
        EXPECT_EQ(plan_.route->tier, kSmall);
        EXPECT_TRUE(plan_.route->cascade);
        EXPECT_FALSE(plan_.route->stand_in);
    }

    config::SnapshotPtr snapshot_ =
        config::load_text(kConfiguration, "test.yaml", config::PriceCatalogue::built_in(), [](const std::string&) {
            return std::nullopt;
        }).snapshot;
    classify::Classifier classifier_{snapshot_};
    GainPolicyPtr gains_ = *GainPolicy::make(*snapshot_, nullptr);
    EconomicsBoard board_{*snapshot_, *gains_, nullptr};
    PlanOptions options_;
    wire::JsonParser parser_;
    std::string body_;
    Plan plan_;
};

TEST_F(PassOverDrafts, BeginsAtTheHigherTierWithTheApproversWord) {
    ASSERT_TRUE(plan());
    EXPECT_EQ(plan_.route->bound_tier, kSmall);
    EXPECT_EQ(plan_.route->tier, kFrontier);
    EXPECT_EQ(plan_.route->targets, std::vector{kDear});
    EXPECT_FALSE(plan_.route->cascade) << "nothing is judged";
    ASSERT_EQ(plan_.climbs.size(), 1U);
    EXPECT_EQ(plan_.climbs[0].why, policy::ClimbReason::CascadeNotWorthIt);
    EXPECT_EQ(plan_.climbs[0].from, kSmall);
    EXPECT_EQ(plan_.climbs[0].to, kFrontier);
    EXPECT_EQ(plan_.climbs[0].approval.reason, "cascade_not_worth_it");
    EXPECT_EQ(plan_.gate.estimate.nano(), 4 * 10'000 + 10 * 20'000) << "what the first attempt may cost now";
}

TEST_F(PassOverDrafts, LeavesTheTierBelowToStandIn) {
    ASSERT_TRUE(plan());
    ASSERT_TRUE(plan_.route->stand_in);
    EXPECT_EQ(plan_.route->stand_in->tier, kSmall);
    EXPECT_EQ(plan_.route->stand_in->targets, std::vector{kCheap});
    ASSERT_TRUE(plan_.route->when_down);
    EXPECT_EQ(plan_.route->when_down->tier, kSummit) << "above where it begins, not above where it is bound";
}

TEST_F(PassOverDrafts, KnowsNothingWhereNothingIsSent) {
    options_.economics = nullptr;
    ASSERT_TRUE(plan());
    expect_drafts();
    EXPECT_TRUE(plan_.climbs.empty());
}

TEST_F(PassOverDrafts, DraftsWhileTheCascadeIsWorthIt) {
    const EconomicsBoard fresh(*snapshot_, *gains_, nullptr);
    options_.economics = &fresh;
    ASSERT_TRUE(plan());
    expect_drafts();
    EXPECT_TRUE(plan_.climbs.empty());
}

TEST_F(PassOverDrafts, ExploresTheShareThatTheClassSays) {
    options_.chance = 0.0999;
    ASSERT_TRUE(plan());
    expect_drafts();
    EXPECT_TRUE(plan_.climbs.empty()) << "nobody is asked";
    options_.chance = 0.1;
    ASSERT_TRUE(plan());
    EXPECT_EQ(plan_.route->tier, kFrontier);
}

TEST_F(PassOverDrafts, DraftsAsEverWhenTheApproverSaysNo) {
    options_.max_tier = "small";
    ASSERT_TRUE(plan());
    expect_drafts();
    ASSERT_EQ(plan_.climbs.size(), 1U);
    EXPECT_EQ(plan_.climbs[0].approval.reason, "request_ceiling");
    EXPECT_EQ(plan_.gate.estimate.nano(), 4 * 1'000 + 10 * 2'000);
    options_.declared_class = "strict";
    ASSERT_TRUE(plan()) << "the draft may be good enough; only then is a strict class refused";
    expect_drafts();
}

TEST_F(PassOverDrafts, IsNotRefusedByTheGateForWhatTheClimbMayCost) {
    options_.declared_class = "limited";
    body_ = R"({"model":"auto","max_tokens":100,"messages":[{"role":"user","content":"12345678"}]})";
    options_.principal = &policy::local_principal();
    ASSERT_TRUE(make_plan(*snapshot_, classifier_, options_, body_, parser_, SteadyTime{}, plan_));
    expect_drafts();
    ASSERT_EQ(plan_.climbs.size(), 1U);
    EXPECT_EQ(plan_.climbs[0].approval.reason, "request_cost");
}

TEST_F(PassOverDrafts, LeavesAloneWhoeverNamesATierOrAModel) {
    for (const char* model : {"near/cheap", "tier:small"}) {
        SCOPED_TRACE(model);
        ASSERT_TRUE(plan(model));
        EXPECT_EQ(plan_.route->tier, kSmall);
        EXPECT_TRUE(plan_.climbs.empty());
    }
    EXPECT_TRUE(plan_.route->cascade) << "a tier's answer is judged";
}

TEST_F(PassOverDrafts, TakesWhatTheQuotasOfTheKeyLeave) {
    config::Snapshot snapshot = *snapshot_;
    config::AccessKey& key = snapshot.keys.emplace_back();
    key.principal.id = "one";
    key.principal.key = config::KeyId{0};
    key.principal.escalations.per_hour = 1;
    policy::QuotaBoard quotas(snapshot);
    options_.principal = &key.principal;
    options_.quotas = &quotas;
    ASSERT_TRUE(plan());
    EXPECT_EQ(plan_.route->tier, kFrontier);
    const policy::Climb held = std::move(plan_.climbs[0]);
    ASSERT_TRUE(plan());
    expect_drafts();
    EXPECT_EQ(plan_.climbs[0].approval.reason, "key_quota_count");
}

TEST_F(PassOverDrafts, SaysWhomCeilingsKeepDown) {
    ASSERT_TRUE(plan());
    EXPECT_TRUE(may_reach(plan_, kSummit));
    options_.max_tier = "small";
    ASSERT_TRUE(plan());
    EXPECT_TRUE(may_reach(plan_, kSmall));
    EXPECT_FALSE(may_reach(plan_, kFrontier));
    options_.max_tier = {};
    policy::Principal principal;
    principal.max_tier = kFrontier;
    options_.principal = &principal;
    ASSERT_TRUE(plan());
    EXPECT_TRUE(may_reach(plan_, kFrontier));
    EXPECT_FALSE(may_reach(plan_, kSummit));
}

}  // namespace
}  // namespace tierway::decision
