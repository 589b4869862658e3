#include "tierway/policy/approval.hpp"

#include <gtest/gtest.h>

#include "policy/three_tiers.hpp"

namespace tierway::policy {
namespace {

using namespace testing;

TEST(Approve, NamesTheFirstCeilingThatForbids) {
    using Ceiling = std::optional<config::TierId>;
    struct Case {
        const char* name;
        config::TierId to;
        config::TierId class_max;
        Ceiling key;
        Ceiling request;
        bool approved;
        std::string_view reason;
    };
    for (const Case& c : {
             Case{"nothing forbids", kFrontier, kFrontier, {}, {}, true, "client_wish"},
             Case{"exactly at every ceiling", kMid, kMid, kMid, kMid, true, "client_wish"},
             Case{"the class", kFrontier, kMid, {}, {}, false, "class_ceiling"},
             Case{"the key", kFrontier, kFrontier, kMid, {}, false, "key_ceiling"},
             Case{"the request", kFrontier, kFrontier, {}, kMid, false, "request_ceiling"},
             Case{"the class before the key", kFrontier, kMid, kMid, kFrontier, false, "class_ceiling"},
             Case{"the class before the request", kFrontier, kMid, {}, kMid, false, "class_ceiling"},
             Case{"the key before the request", kFrontier, kFrontier, kSmall, kSmall, false, "key_ceiling"},
             Case{"generous ceilings", kMid, kFrontier, kFrontier, kFrontier, true, "client_wish"},
         }) {
        SCOPED_TRACE(c.name);
        config::Snapshot snapshot = three_tiers();
        snapshot.classes[0].max_tier = c.class_max;
        Principal principal;
        principal.max_tier = c.key;
        const Approval approval =
            approve(snapshot, principal, {kChat, kSmall, c.to, ClimbReason::ClientWish, c.request, {}}, nullptr, SteadyTime{});
        EXPECT_EQ(approval.approved, c.approved);
        EXPECT_EQ(approval.reason, c.reason);
    }
}

TEST(Approve, AnApprovalGivesTheClimbsOwnReason) {
    for (const auto& [why, name] :
         {std::pair{ClimbReason::ClientWish, "client_wish"}, std::pair{ClimbReason::LowConfidence, "low_confidence"},
          std::pair{ClimbReason::Capability, "capability"}, std::pair{ClimbReason::TierDown, "tier_down"},
          std::pair{ClimbReason::ExpectedGain, "expected_gain"}, std::pair{ClimbReason::CascadeNotWorthIt, "cascade_not_worth_it"},
          std::pair{ClimbReason::Classified, "classified"}}) {
        SCOPED_TRACE(name);
        const Approval approval =
            approve(three_tiers(), Principal{}, {kChat, kSmall, kFrontier, why, {}, {}}, nullptr, SteadyTime{});
        EXPECT_TRUE(approval.approved);
        EXPECT_EQ(approval.reason, name);
    }
}

TEST(Approve, ARequestNeverCostsMoreThanItMayInAll) {
    config::Snapshot snapshot = three_tiers();
    const Principal& principal = add_key(snapshot, {.per_hour = 1, .share_max = {}, .usd_per_hour = {}});
    QuotaBoard quotas(snapshot);
    ClimbRequest climb{kChat, kSmall, kFrontier, ClimbReason::LowConfidence, {}, Usd::from_nano(5)};
    climb.cost_ceiling = Usd::from_nano(7);
    climb.spent = Usd::from_nano(3);
    EXPECT_EQ(approve(snapshot, principal, climb, &quotas, SteadyTime{}).reason, "request_cost");
    climb.request_ceiling = kMid;
    EXPECT_EQ(approve(snapshot, principal, climb, &quotas, SteadyTime{}).reason, "request_ceiling") << "tiers come first";
    climb.request_ceiling.reset();
    climb.spent = Usd::from_nano(2);
    EXPECT_TRUE(approve(snapshot, principal, climb, &quotas, SteadyTime{}).approved) << "exactly as much, and no quota is gone";
}

TEST(Approve, AsksTheQuotasLastAndHoldsWhatItTook) {
    config::Snapshot snapshot = three_tiers();
    const Principal& principal = add_key(snapshot, {.per_hour = 1, .share_max = {}, .usd_per_hour = {}});
    QuotaBoard quotas(snapshot);
    const ClimbRequest climb{kChat, kSmall, kFrontier, ClimbReason::LowConfidence, {}, Usd::from_nano(5)};
    ClimbRequest forbidden = climb;
    forbidden.request_ceiling = kMid;
    EXPECT_EQ(approve(snapshot, principal, forbidden, &quotas, SteadyTime{}).reason, "request_ceiling");

    const Approval first = approve(snapshot, principal, climb, &quotas, SteadyTime{});
    EXPECT_TRUE(first.approved) << "what a ceiling forbade took nothing";
    EXPECT_EQ(first.reason, "low_confidence");
    EXPECT_TRUE(first.hold);
    EXPECT_EQ(first.hold.estimate(), Usd::from_nano(5));
    const Approval second = approve(snapshot, principal, climb, &quotas, SteadyTime{});
    EXPECT_FALSE(second.approved);
    EXPECT_EQ(second.reason, "key_quota_count");
    EXPECT_FALSE(second.hold);
    EXPECT_TRUE(approve(snapshot, principal, climb, nullptr, SteadyTime{}).approved) << "where nothing is sent, nothing is taken";
}

TEST(ApproveDeathTest, IsNotAskedWhetherOneMayGoDown) {
    EXPECT_DEATH(
        {
            const Approval approval =
                approve(three_tiers(), Principal{}, {kChat, kMid, kMid, ClimbReason::ClientWish, {}, {}}, nullptr, SteadyTime{});
            static_cast<void>(approval);
        },
        "");
}

}  // namespace
}  // namespace tierway::policy
