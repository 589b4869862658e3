#include "tierway/policy/gate.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "policy/three_tiers.hpp"

namespace tierway::policy {
namespace {

using namespace testing;
using config::GateAction;
using config::ModelId;
using config::TierId;
using Models = std::vector<ModelId>;

constexpr Usd usd(std::int64_t whole) {
    return Usd::from_nano(whole);
}

class Gate : public ::testing::Test {
protected:
    Gate() {
        request_.estimate = [this](ModelId model) { return prices_.at(model); };
    }
    void limit(std::int64_t amount, GateAction action) { snapshot_.gate = config::Gate{usd(amount), action}; }
    Result<void> pass() {
        climbs_.clear();
        auto route = policy::bind(snapshot_, principal_, request_, quotas_, SteadyTime{}, climbs_);
        EXPECT_TRUE(route);
        route_ = *route;
        return pass_gate(snapshot_, principal_, request_, accepted_, route_, climbs_, pass_);
    }
    void refuses(std::string_view code, GateVerdict verdict) {
        const auto refused = pass();
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().kind(), ErrorKind::TooExpensive);
        EXPECT_EQ(refused.error().code(), code);
        EXPECT_EQ(pass_.verdict, verdict);
    }

    config::Snapshot snapshot_ = three_tiers();
    Principal principal_;
    QuotaBoard* quotas_ = nullptr;
    std::map<ModelId, Usd> prices_ = {{kTiny, usd(1)}, {kMini, usd(3)}, {kMedium, usd(10)}, {kLarge, usd(50)}, {kHuge, usd(70)}};
    BindRequest request_{.request_class = kChat, .wish = {}, .request_ceiling = {}, .needs = {}};
    std::optional<Usd> accepted_;
    Route route_;
    std::vector<Climb> climbs_;
    GatePass pass_;
};

TEST_F(Gate, IsOpenWhereNothingLimitsARequest) {
    ASSERT_TRUE(pass());
    EXPECT_EQ(pass_.verdict, GateVerdict::Open);
    EXPECT_FALSE(pass_.ceiling);
    EXPECT_EQ(pass_.estimate, usd(3)) << "the dearest of the tier's models, any of which may answer";
}

TEST_F(Gate, LetsARequestPassThatMayCostExactlyTheLimit) {
    limit(3, GateAction::Reject);
    ASSERT_TRUE(pass());
    EXPECT_EQ(pass_.verdict, GateVerdict::Passed);
    EXPECT_EQ(pass_.ceiling, usd(3));
    EXPECT_EQ(route_.targets, (Models{kTiny, kMini}));
}

TEST_F(Gate, RefusesWhatNobodyAcknowledgedAndSaysHowTo) {
    limit(2, GateAction::Acknowledge);
    refuses("cost_acknowledgement_required", GateVerdict::Unaccepted);
    EXPECT_EQ(pass_.estimate, usd(3));
    const auto refused = pass();
    EXPECT_NE(refused.error().message().find("`x-tierway-acknowledge-usd: 0.000000003`"), std::string_view::npos);
    EXPECT_NE(refused.error().message().find("`chat`"), std::string_view::npos);
}

TEST_F(Gate, TheAcknowledgedAmountIsTheCeiling) {
    limit(2, GateAction::Acknowledge);
    accepted_ = usd(3);
    ASSERT_TRUE(pass());
    EXPECT_EQ(pass_.verdict, GateVerdict::Acknowledged);
    EXPECT_EQ(pass_.ceiling, usd(3));
    accepted_ = usd(1'000);
    ASSERT_TRUE(pass());
    EXPECT_EQ(pass_.ceiling, usd(1'000));
    accepted_ = usd(2);
    refuses("cost_acknowledgement_required", GateVerdict::Unaccepted);
}

TEST_F(Gate, ACallerMayAcceptLessThanTheLimitAndIsHeldToIt) {
    accepted_ = usd(2);
    for (const auto& gate : {std::optional<config::Gate>(), std::optional(config::Gate{usd(100), GateAction::Acknowledge})}) {
        snapshot_.gate = gate;
        refuses("cost_acknowledgement_required", GateVerdict::Unaccepted);
    }
    limit(100, GateAction::Reject);
    refuses("request_too_expensive", GateVerdict::Rejected);
    limit(100, GateAction::Downgrade);
    ASSERT_TRUE(pass());
    EXPECT_EQ(route_.targets, (Models{kTiny}));
}

TEST_F(Gate, NoAcknowledgementLiftsARejection) {
    limit(2, GateAction::Reject);
    accepted_ = usd(1'000);
    refuses("request_too_expensive", GateVerdict::Rejected);
    EXPECT_EQ(pass_.ceiling, usd(2));
    limit(0, GateAction::Downgrade);
    refuses("request_too_expensive", GateVerdict::Rejected);
}

TEST_F(Gate, TheClassesOwnLimitTakesThePlaceOfTheGates) {
    limit(2, GateAction::Reject);
    snapshot_.classes[0].usd_per_request = usd(3);
    EXPECT_TRUE(pass());
    snapshot_.classes[0].usd_per_request = usd(1);
    EXPECT_FALSE(pass());
}

TEST_F(Gate, DowngradesToTheModelsOfTheTierThatFit) {
    limit(2, GateAction::Downgrade);
    ASSERT_TRUE(pass());
    EXPECT_EQ(pass_.verdict, GateVerdict::Downgraded);
    EXPECT_EQ(route_.tier, kSmall);
    EXPECT_EQ(route_.targets, (Models{kTiny}));
    EXPECT_EQ(pass_.from, kSmall);
    EXPECT_EQ(pass_.estimate, usd(1));
    EXPECT_EQ(pass_.estimate_there, usd(3));
}

TEST_F(Gate, DowngradesToTheDearestTierThatFits) {
    snapshot_.classes[0].tier = kFrontier;
    snapshot_.classes[0].escalation.reset();
    struct Case {
        std::int64_t limit;
        TierId tier;
        Models targets;
    };
    for (const Case& c : {Case{60, kFrontier, {kLarge}}, Case{49, kMid, {kMedium}}, Case{10, kMid, {kMedium}},
                          Case{9, kSmall, {kTiny, kMini}}, Case{1, kSmall, {kTiny}}}) {
        SCOPED_TRACE(c.limit);
        limit(c.limit, GateAction::Downgrade);
        ASSERT_TRUE(pass());
        EXPECT_EQ(pass_.verdict, GateVerdict::Downgraded);
        EXPECT_EQ(pass_.from, kFrontier);
        EXPECT_EQ(route_.tier, c.tier);
        EXPECT_EQ(route_.targets, c.targets);
        EXPECT_LE(pass_.estimate, usd(c.limit));
    }
}

TEST_F(Gate, ADowngradeLeadsOnlyToModelsThatMayAndCanServe) {
    snapshot_.classes[0].tier = kFrontier;
    limit(49, GateAction::Downgrade);
    snapshot_.models[config::index_of(kMedium)].capabilities.vision = config::Support::No;
    request_.needs.vision = true;
    ASSERT_TRUE(pass());
    EXPECT_EQ(route_.targets, (Models{kTiny, kMini}));
    principal_.stay_inside = true;
    request_.wish.tier = kFrontier;
    prices_[kTiny] = usd(60);
    // Nothing of the frontier is inside; bound below it, there is nothing inside that fits.
    snapshot_.classes[0].tier = kSmall;
    request_.wish.tier.reset();
    refuses("request_too_expensive", GateVerdict::Rejected);
}

TEST_F(Gate, DowngradesAModelThatTheClientNamed) {
    request_.wish.model = kHuge;
    limit(60, GateAction::Downgrade);
    ASSERT_TRUE(pass());
    EXPECT_EQ(route_.tier, kFrontier);
    EXPECT_EQ(route_.targets, (Models{kLarge}));
    limit(20, GateAction::Downgrade);
    ASSERT_TRUE(pass());
    EXPECT_EQ(route_.targets, (Models{kMedium}));
}

TEST_F(Gate, AnApprovedClimbLeadsOnlyAsFarAsTheDowngrade) {
    const Principal& principal = add_key(snapshot_, {.per_hour = 10, .share_max = {}, .usd_per_hour = {}});
    QuotaBoard quotas(snapshot_);
    principal_ = principal;
    quotas_ = &quotas;
    request_.wish.tier = kFrontier;
    limit(20, GateAction::Downgrade);
    ASSERT_TRUE(pass());
    ASSERT_EQ(climbs_.size(), 1U);
    EXPECT_TRUE(climbs_[0].approval.approved);
    EXPECT_EQ(climbs_[0].to, kMid) << "the escalation counts for the tier that it led to";
    EXPECT_EQ(climbs_[0].estimate, usd(10));
    EXPECT_TRUE(climbs_[0].approval.hold);

    limit(5, GateAction::Downgrade);
    ASSERT_TRUE(pass());
    EXPECT_EQ(route_.tier, kSmall);
    EXPECT_FALSE(climbs_[0].approval.approved);
    EXPECT_EQ(climbs_[0].approval.reason, "request_cost");
    EXPECT_FALSE(climbs_[0].approval.hold) << "what it took of the quota is given back";
}

}  // namespace
}  // namespace tierway::policy
