#include "gateway/disclosure.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace tierway::gateway {
namespace {

class Disclosure : public ::testing::Test {
protected:
    Disclosure() {
        snapshot_.models.resize(1);
        snapshot_.models[0].name = "a/cheap";
        snapshot_.models[0].price.base = {.input = 1'000'000, .output = 2'000'000, .cached_input = {}, .cache_write = {}};
        snapshot_.tiers.push_back({"small", {config::ModelId{0}}});
        snapshot_.classes.resize(1);
        snapshot_.classes[0].name = "math";
        snapshot_.policy_hash = "abc";
        plan_.classification = classify::Classification{config::ClassId{0}, 1.0, "rules", "rule 1"};
    }
    [[nodiscard]] std::string headers(bool final) const {
        net::HeaderBlock block;
        add_disclosure({snapshot_, "req_1", plan_, outcome_, final, Milliseconds{2}}, block);
        return std::string(block.text());
    }
    void answered() {
        outcome_.model = config::ModelId{0};
        outcome_.tier = config::TierId{0};
        outcome_.attempts = 1;
        dialect::TokenUsage usage;
        usage.prompt = 3;
        outcome_.bill.add(snapshot_, config::ModelId{0}, config::TierId{0}, ledger::Purpose::Answer,
                          ledger::UsageSource::Provider, usage);
    }

    config::Snapshot snapshot_;
    decision::Plan plan_;
    Outcome outcome_;
};

TEST_F(Disclosure, TellsWhatTheGateChangedAndNothingElseOfIt) {
    for (const policy::GateVerdict silent :
         {policy::GateVerdict::Open, policy::GateVerdict::Passed, policy::GateVerdict::Rejected}) {
        plan_.gate.verdict = silent;
        EXPECT_EQ(headers(true).find("x-tierway-gate"), std::string::npos);
    }
    plan_.gate.verdict = policy::GateVerdict::Acknowledged;
    EXPECT_NE(headers(true).find("x-tierway-gate: acknowledged\r\n"), std::string::npos);
    plan_.gate.verdict = policy::GateVerdict::Downgraded;
    plan_.gate.from = config::TierId{0};
    EXPECT_NE(headers(false).find("x-tierway-gate: downgraded; from=small; reason=usd_per_request\r\n"), std::string::npos);
    const auto object = nlohmann::json::parse(disclosure_object({snapshot_, "req_1", plan_, outcome_, true, {}}));
    EXPECT_EQ(object["gate"], "downgraded");
    EXPECT_EQ(object["gate_from"], "small");
}

TEST_F(Disclosure, NamesClassModelAndCost) {
    answered();
    const std::string text = headers(true);
    for (const char* line :
         {"x-request-id: req_1\r\n", "x-tierway-class: math\r\n", "x-tierway-classifier: rules\r\n", "x-tierway-tier: small\r\n",
          "x-tierway-model: a/cheap\r\n", "x-tierway-escalation: none\r\n", "x-tierway-cost-usd: 0.000003\r\n",
          "x-tierway-baseline-usd: 0.000003\r\n", "x-tierway-overhead-ms: 2.000\r\n", "x-tierway-policy: abc\r\n"}) {
        EXPECT_NE(text.find(line), std::string::npos) << line << text;
    }
}

TEST_F(Disclosure, LeavesOutWhatTheHeadOfAStreamCannotKnow) {
    const std::string text = headers(false);
    EXPECT_EQ(text.find("x-tierway-cost-usd"), std::string::npos);
    EXPECT_EQ(text.find("x-tierway-model"), std::string::npos);
    EXPECT_EQ(text.find("x-tierway-confidence"), std::string::npos);
}

TEST_F(Disclosure, SaysWhyAClimbWasDenied) {
    outcome_.ask({config::TierId{0}, config::TierId{0}, policy::ClimbReason::LowConfidence, {}, {false, "class_ceiling", {}}});
    EXPECT_NE(headers(true).find("x-tierway-escalation: denied; reason=class_ceiling\r\n"), std::string::npos);
}

TEST_F(Disclosure, TheObjectOfAStreamIsValidJsonWithTheSameFacts) {
    answered();
    const auto object = nlohmann::json::parse(disclosure_object({snapshot_, "req_1", plan_, outcome_, true, Milliseconds{2}}));
    EXPECT_EQ(object["model"], "a/cheap");
    EXPECT_EQ(object["class"], "math");
    EXPECT_EQ(object["attempts"], 1);
    EXPECT_DOUBLE_EQ(object["cost_usd"].get<double>(), 0.000003);
    EXPECT_FALSE(object.contains("escalation_reason"));
}

}  // namespace
}  // namespace tierway::gateway
