#include "tierway/decision/plan.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "tierway/config/load.hpp"
#include "tierway/ledger/cost.hpp"

namespace tierway::decision {
namespace {

constexpr const char* kConfiguration = R"(
version: 1
providers:
  near: {dialect: openai, base_url: "http://127.0.0.1:9/v1"}
models:
  near/cheap: {price: {input: 1, output: 2}, context: 1000, max_output: 100, supports: [tools]}
  near/dear: {price: {input: 10, output: 20}, context: 100000, max_output: 1000, supports: [tools, json_schema, vision]}
tiers: {small: [near/cheap], frontier: [near/dear]}
classes:
  chat: {tier: small, escalate: {to: frontier, below: 0.6}}
  fixed: {tier: small, on_denied: reject}
  short: {tier: small, usd_per_request: 0.005, caps: {n: 2, max_tokens: 40, tools: 0}}
gate: {usd_per_request: 0.01}
classifier:
  default_class: chat
  rules:
    - {class: fixed, when: {text: "stay put"}}
aliases: {gpt-4o: auto}
)";

class MakePlan : public ::testing::Test {
protected:
    Result<void> plan(const std::string& body, PlanOptions options = {}) {
        body_ = body;
        options.principal = options.principal == nullptr ? &policy::local_principal() : options.principal;
        return make_plan(*snapshot_, classifier_, options, body_, parser_, SteadyTime{}, plan_);
    }
    static std::string ask(const std::string& text, const std::string& model = "auto") {
        return R"({"model":")" + model + R"(","messages":[{"role":"user","content":")" + text + R"("}]})";
    }
    const std::string& first_target() const { return snapshot_->model(plan_.route->targets.front()).name; }

    config::SnapshotPtr snapshot_ =
        config::load_text(kConfiguration, "test.yaml", config::PriceCatalogue::built_in(), [](const std::string&) {
            return std::nullopt;
        }).snapshot;
    classify::Classifier classifier_{snapshot_};
    wire::JsonParser parser_;
    std::string body_;
    Plan plan_;
};

TEST_F(MakePlan, BindsTheDefaultClassAndPlansItsCascade) {
    ASSERT_TRUE(plan(ask("hello")));
    EXPECT_EQ(plan_.classification->stage, "default");
    EXPECT_EQ(first_target(), "near/cheap");
    ASSERT_TRUE(plan_.route->cascade);
    EXPECT_EQ(plan_.route->cascade->below, 0.6);
}

TEST_F(MakePlan, FollowsARuleAndAnAlias) {
    ASSERT_TRUE(plan(ask("please stay put", "gpt-4o")));
    EXPECT_EQ(plan_.classification->stage, "rules");
    EXPECT_EQ(snapshot_->request_class(plan_.route->request_class).name, "fixed");
    EXPECT_FALSE(plan_.route->cascade);
}

TEST_F(MakePlan, HonoursADeclaredClassOverTheRules) {
    PlanOptions options;
    options.declared_class = "chat";
    ASSERT_TRUE(plan(ask("please stay put"), options));
    EXPECT_EQ(plan_.classification->stage, "declared");
}

TEST_F(MakePlan, EstimatesTheLongestAnswerTheRequestAllows) {
    ASSERT_TRUE(plan(R"({"model":"auto","max_tokens":10,"n":2,"messages":[{"role":"user","content":"12345678"}]})"));
    // Eight bytes may be four tokens of prompt at 1 USD, two answers of ten tokens at 2 USD, per million.
    EXPECT_EQ(plan_.gate.estimate.nano(), 4'000 + 2 * 10 * 2'000);
}

TEST_F(MakePlan, KeepsWhatItKnewWhenALaterPhaseRefuses) {
    const auto refused = plan(ask("please stay put", "tier:frontier"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), "escalation_not_approved");
    ASSERT_TRUE(plan_.classification);
    EXPECT_FALSE(plan_.route);
    ASSERT_EQ(plan_.climbs.size(), 1U);
    EXPECT_EQ(plan_.climbs[0].approval.reason, "class_ceiling");
}

TEST_F(MakePlan, KnowsWhoAsksWhateverEndsIt) {
    policy::Principal principal;
    principal.max_tier = config::TierId{0};
    PlanOptions options;
    options.principal = &principal;
    EXPECT_FALSE(plan("{", options));
    EXPECT_EQ(plan_.principal, &principal);
    ASSERT_TRUE(plan(ask("hello", "tier:frontier"), options));
    EXPECT_EQ(first_target(), "near/cheap");
    EXPECT_EQ(plan_.climbs.at(0).approval.reason, "key_ceiling");
}

TEST_F(MakePlan, EstimatesWhatAClimbMayCostWithTheModelsItGoesTo) {
    ASSERT_TRUE(plan(R"({"model":"tier:frontier","max_tokens":10,"messages":[{"role":"user","content":"12345678"}]})"));
    ASSERT_EQ(plan_.climbs.size(), 1U);
    EXPECT_EQ(plan_.climbs[0].estimate.nano(), 4 * 10'000 + 10 * 20'000);
    EXPECT_EQ(plan_.gate.estimate, plan_.climbs[0].estimate);
}

TEST_F(MakePlan, ACapOfTheClassBoundsWhatARequestWithoutALimitMayCost) {
    PlanOptions options;
    options.declared_class = "short";
    ASSERT_TRUE(plan(R"({"model":"auto","n":2,"messages":[{"role":"user","content":"12345678"}]})", options));
    EXPECT_EQ(plan_.gate.estimate.nano(), 4'000 + 2 * 40 * 2'000);
    EXPECT_EQ(plan_.gate.ceiling, Usd::parse("0.005"));
    EXPECT_EQ(output_limit_to_write(*snapshot_, config::ModelId{0}, plan_), 40);
    EXPECT_EQ(plan_.gate.verdict, policy::GateVerdict::Passed);

    ASSERT_TRUE(plan(R"({"model":"auto","max_tokens":7,"messages":[{"role":"user","content":"12345678"}]})", options));
    EXPECT_FALSE(output_limit_to_write(*snapshot_, config::ModelId{0}, plan_)) << "it has one of its own";
    EXPECT_EQ(output_tokens_bound(*snapshot_, config::ModelId{0}, plan_), 7);
    ASSERT_TRUE(plan(ask("hello")));
    EXPECT_FALSE(output_limit_to_write(*snapshot_, config::ModelId{0}, plan_)) << "its class has no cap";
    EXPECT_EQ(output_tokens_bound(*snapshot_, config::ModelId{0}, plan_), 100) << "the model has one";
}

TEST_F(MakePlan, WhatIsAttachedCountsForWhatTheRequestMayCost) {
    const std::string data(4'000, 'A');
    const auto with = [&](const std::string& part) {
        return plan(R"({"model":"auto","max_tokens":1,"messages":[{"role":"user","content":[{"type":"text","text":"1234"},)" + part +
                    "]}]}");
    };
    ASSERT_TRUE(with(R"({"type":"file","file":{"filename":"a.pdf","file_data":")" + data + R"("}})"));
    EXPECT_EQ(plan_.gate.estimate.nano(), (2 + 1'000) * 1'000 + 2'000);
    static_cast<void>(with(R"({"type":"input_audio","input_audio":{"format":"mp3","data":")" + data + R"("}})"));
    EXPECT_EQ(plan_.prompt.of(config::ModelId{0}).at_most, 2 + 125) << "also when no model of the route hears";
}

TEST_F(MakePlan, TheLimitThatIsWrittenFitsTheWindow) {
    PlanOptions options;
    options.declared_class = "short";
    // 985 of 1000 tokens are taken.
    ASSERT_TRUE(plan(ask(std::string(985 * 4, 'x')), options));
    EXPECT_EQ(output_limit_to_write(*snapshot_, config::ModelId{0}, plan_), 15);
    EXPECT_EQ(output_limit_to_write(*snapshot_, config::ModelId{1}, plan_), 40);
}

TEST_F(MakePlan, WhatExceedsACapIsRefusedBeforeARouteIsLookedFor) {
    PlanOptions options;
    options.declared_class = "short";
    for (const char* field :
         {R"("n":3)", R"("max_tokens":41)", R"("max_completion_tokens":41)", R"("tools":[{}])", R"("functions":[{}])"}) {
        SCOPED_TRACE(field);
        const auto refused = plan(
            "{\"model\":\"tier:frontier\"," + std::string(field) + R"(,"messages":[{"role":"user","content":"x"}]})", options);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code(), "class_cap_exceeded");
        EXPECT_TRUE(plan_.climbs.empty());
    }
}

TEST_F(MakePlan, TheGateRefusesUntilTheAmountIsAcknowledged) {
    // 1000 tokens of answer at 20 USD per million.
    const std::string dear = ask("hello", "tier:frontier");
    const auto refused = plan(dear);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), "cost_acknowledgement_required");
    EXPECT_TRUE(plan_.route);
    EXPECT_GT(plan_.gate.estimate, *Usd::parse("0.02"));
    PlanOptions options;
    options.acknowledged = "0.03";
    ASSERT_TRUE(plan(dear, options));
    EXPECT_EQ(plan_.gate.verdict, policy::GateVerdict::Acknowledged);
    EXPECT_EQ(plan_.gate.ceiling, Usd::parse("0.03"));
    for (const char* malformed : {"", "-1", "0,03", "1e-2", "0.03 ", "$1", "1000001", ".5"}) {
        SCOPED_TRACE(malformed);
        options.acknowledged = malformed;
        EXPECT_EQ(plan(dear, options).error().code(), "invalid_acknowledgement");
    }
}

TEST_F(MakePlan, WhatTheEstimatorLearntMovesTheEstimate) {
    ledger::TokenEstimator estimator(*snapshot_);
    for (int i = 0; i < 500; ++i) {
        estimator.learn(config::ModelId{0}, 2, 8);
    }
    PlanOptions options;
    options.estimator = &estimator;
    ASSERT_TRUE(plan(R"({"model":"auto","max_tokens":10,"messages":[{"role":"user","content":"12345678"}]})", options));
    EXPECT_EQ(plan_.prompt.of(config::ModelId{0}).expected, 8);
    EXPECT_EQ(plan_.gate.estimate, ledger::estimate_cost(9, 10, snapshot_->model(config::ModelId{0}).price));
}

TEST_F(MakePlan, ForgetsTheRequestBefore) {
    EXPECT_FALSE(plan(ask("please stay put", "tier:frontier")));
    EXPECT_FALSE(plan("{"));
    EXPECT_FALSE(plan_.classification);
    EXPECT_TRUE(plan_.climbs.empty());
    EXPECT_TRUE(plan_.request.model_name.empty());
}

TEST_F(MakePlan, DescribesTheShapeOfTheTextOnlyWhenSomebodyLooks) {
    ASSERT_TRUE(plan(ask("1234")));
    EXPECT_EQ(plan_.features.digit_share, 0.0);
    PlanOptions options;
    options.text_shape = true;
    ASSERT_TRUE(plan(ask("1234"), options));
    EXPECT_EQ(plan_.features.digit_share, 1.0);
}

}  // namespace
}  // namespace tierway::decision
