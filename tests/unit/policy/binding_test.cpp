#include "tierway/policy/binding.hpp"

#include <gtest/gtest.h>

#include <string>

#include "policy/three_tiers.hpp"

namespace tierway::policy {
namespace {

using namespace testing;
using config::ModelId;
using config::Support;
using config::TierId;

class Bind : public ::testing::Test {
protected:
    Result<Route> bind_it() {
        climbs_.clear();
        return policy::bind(snapshot_, principal_, request_, quotas_, SteadyTime{}, climbs_);
    }
    /// The one that decided; null when none was asked.
    [[nodiscard]] const Climb* climb() const { return climbs_.empty() ? nullptr : &climbs_.back(); }
    config::RequestClass& chat() { return snapshot_.classes[0]; }
    void without_images(std::initializer_list<ModelId> models) {
        for (const ModelId model : models) {
            snapshot_.models[config::index_of(model)].capabilities.vision = Support::No;
        }
    }

    config::Snapshot snapshot_ = three_tiers();
    Principal principal_;
    QuotaBoard* quotas_ = nullptr;
    std::vector<Climb> climbs_;
    BindRequest request_{.request_class = kChat, .wish = {}, .request_ceiling = {}, .needs = {}};
};

using Models = std::vector<ModelId>;

TEST_F(Bind, AutoGoesToTheBoundTierWithItsFallbacksAndCascade) {
    const auto route = bind_it();
    ASSERT_TRUE(route);
    EXPECT_EQ(route->bound_tier, kSmall);
    EXPECT_EQ(route->tier, kSmall);
    EXPECT_EQ(route->targets, (Models{kTiny, kMini}));
    EXPECT_TRUE(route->passed_over.empty());
    EXPECT_FALSE(climb());
    ASSERT_TRUE(route->cascade);
    EXPECT_EQ(route->cascade->to, kFrontier);
    EXPECT_EQ(route->cascade->below, 0.6);
    EXPECT_EQ(route->cascade->targets, (Models{kLarge, kHuge}));
}

TEST_F(Bind, AsksOpinionsOfThoseWhoMaySeeTheRequest) {
    chat().escalation->agreement = config::Agreement{};
    chat().escalation->agreement->model = kMini;
    chat().escalation->verifier = config::Verifier{};
    chat().escalation->verifier->model = kMini;
    auto route = bind_it();
    ASSERT_TRUE(route && route->cascade);
    EXPECT_EQ(route->cascade->agreement, kMini);
    EXPECT_EQ(route->cascade->verifier, kMini);
    request_.needs.vision = true;
    without_images({kMini});
    route = bind_it();
    ASSERT_TRUE(route && route->cascade);
    EXPECT_FALSE(route->cascade->agreement);
    EXPECT_FALSE(route->cascade->verifier);
}

TEST_F(Bind, SamplesTheRoutesFirstModelAgainWhenNoOtherIsNamed) {
    chat().escalation->agreement = config::Agreement{};
    request_.needs.vision = true;
    without_images({kTiny});
    const auto route = bind_it();
    ASSERT_TRUE(route && route->cascade);
    EXPECT_EQ(route->cascade->agreement, kMini);
}

TEST_F(Bind, TellsOfTheClimbThatEndedTheRequest) {
    request_.wish.tier = kFrontier;
    chat().max_tier = kMid;
    chat().escalation.reset();
    chat().on_denied = config::OnDenied::Reject;
    ASSERT_FALSE(bind_it());
    ASSERT_TRUE(climb());
    EXPECT_EQ(climb()->to, kFrontier);
    EXPECT_EQ(climb()->approval.reason, "class_ceiling");
}

TEST_F(Bind, ARouteThatBeginsHigherJudgesNothingAndClimbsFromThere) {
    chat().escalation->to = kMid;
    chat().when_tier_is_down = config::WhenTierIsDown::Climb;
    auto route = bind_it();
    ASSERT_TRUE(route && route->when_down);
    EXPECT_EQ(route->when_down->tier, kMid);
    begin_higher(snapshot_, principal_, request_, *route);
    EXPECT_EQ(route->bound_tier, kSmall);
    EXPECT_EQ(route->tier, kMid);
    EXPECT_EQ(route->targets, (Models{kMedium}));
    EXPECT_FALSE(route->cascade);
    ASSERT_TRUE(route->when_down);
    EXPECT_EQ(route->when_down->tier, kFrontier);

    chat().escalation->to = kFrontier;
    route = bind_it();
    begin_higher(snapshot_, principal_, request_, *route);
    EXPECT_FALSE(route->when_down) << "nothing is above, and a tier is not above itself";
}

TEST_F(Bind, AClassWithoutEscalationIsNotCascaded) {
    chat().escalation.reset();
    EXPECT_FALSE(bind_it()->cascade);
}

TEST_F(Bind, ATierWishBelowTheBoundTierIsGrantedAndStillCascades) {
    chat().tier = kMid;
    request_.wish.tier = kSmall;
    const auto route = bind_it();
    ASSERT_TRUE(route);
    EXPECT_EQ(route->bound_tier, kMid);
    EXPECT_EQ(route->tier, kSmall);
    EXPECT_FALSE(climb());
    EXPECT_TRUE(route->cascade);
}

TEST_F(Bind, AnApprovedTierWishStartsThereAndIsRecorded) {
    request_.wish.tier = kMid;
    const auto route = bind_it();
    ASSERT_TRUE(route);
    EXPECT_EQ(route->tier, kMid);
    EXPECT_EQ(route->targets, Models{kMedium});
    ASSERT_TRUE(climb());
    EXPECT_EQ(climb()->from, kSmall);
    EXPECT_EQ(climb()->to, kMid);
    EXPECT_EQ(climb()->why, ClimbReason::ClientWish);
    EXPECT_TRUE(climb()->approval.approved);
    ASSERT_TRUE(route->cascade) << "the frontier is still above";
}

TEST_F(Bind, AWishForTheEscalationTierLeavesNothingToCascadeTo) {
    request_.wish.tier = kFrontier;
    const auto route = bind_it();
    ASSERT_TRUE(route);
    EXPECT_EQ(route->tier, kFrontier);
    EXPECT_FALSE(route->cascade);
}

TEST_F(Bind, ADeniedWishIsServedAsAutoWithTheDenialRecorded) {
    chat().max_tier = kMid;
    for (const bool named : {false, true}) {
        SCOPED_TRACE(named ? "a model" : "a tier");
        request_.wish = named ? Wish{.tier = {}, .model = kLarge} : Wish{.tier = kFrontier, .model = {}};
        const auto route = bind_it();
        ASSERT_TRUE(route);
        EXPECT_EQ(route->tier, kSmall);
        EXPECT_EQ(route->targets, (Models{kTiny, kMini}));
        ASSERT_TRUE(climb());
        EXPECT_EQ(climb()->to, kFrontier);
        EXPECT_FALSE(climb()->approval.approved);
        EXPECT_EQ(climb()->approval.reason, "class_ceiling");
        EXPECT_TRUE(route->cascade) << "approve() will answer at run time, so that the denial is disclosed";
    }
}

TEST_F(Bind, AClassAboveTheGroundOfItsKeyIsAClimbToo) {
    principal_ = add_key(snapshot_, {.above = kSmall, .per_hour = 1, .share_max = {}, .usd_per_hour = {}});
    QuotaBoard board(snapshot_);
    quotas_ = &board;
    chat().tier = kFrontier;
    chat().escalation.reset();
    const auto first = bind_it();
    ASSERT_TRUE(first);
    EXPECT_EQ(first->tier, kFrontier);
    ASSERT_TRUE(climb());
    EXPECT_EQ(climb()->from, kSmall);
    EXPECT_EQ(climb()->why, ClimbReason::Classified);
    EXPECT_EQ(climb()->approval.reason, "classified");

    const auto second = bind_it();
    ASSERT_TRUE(second);
    EXPECT_EQ(second->bound_tier, kFrontier);
    EXPECT_EQ(second->tier, kSmall) << "what looks hard is answered on the ground once the quota is used up";
    EXPECT_EQ(climb()->approval.reason, "key_quota_count");

    request_.wish.model = kLarge;
    const auto named = bind_it();
    ASSERT_TRUE(named);
    EXPECT_EQ(named->targets, (Models{kTiny, kMini})) << "naming the model is no way around it";

    request_.wish = Wish{.tier = kSmall, .model = {}};
    ASSERT_TRUE(bind_it());
    EXPECT_FALSE(climb()) << "nobody climbs who asks for the ground";

    request_.wish = {};
    chat().on_denied = config::OnDenied::Reject;
    const auto rejected = bind_it();
    ASSERT_FALSE(rejected);
    EXPECT_EQ(rejected.error().code(), "escalation_not_approved");
}

TEST_F(Bind, AWishAboveTheClassIsAskedForFromTheGround) {
    principal_ = add_key(snapshot_, {.above = kSmall, .per_hour = 5, .share_max = {}, .usd_per_hour = {}});
    QuotaBoard board(snapshot_);
    quotas_ = &board;
    chat().tier = kMid;
    chat().max_tier = kMid;
    request_.wish.tier = kFrontier;
    const auto route = bind_it();
    ASSERT_TRUE(route);
    EXPECT_EQ(route->tier, kMid) << "denied by the class, it is served as if nothing had been wished";
    ASSERT_EQ(climbs_.size(), 2U);
    EXPECT_EQ(climbs_[0].why, ClimbReason::ClientWish);
    EXPECT_EQ(climbs_[0].from, kSmall);
    EXPECT_EQ(climbs_[0].approval.reason, "class_ceiling");
    EXPECT_EQ(climbs_[1].why, ClimbReason::Classified);
    EXPECT_TRUE(climbs_[1].approval.approved);

    chat().max_tier = kFrontier;
    ASSERT_TRUE(bind_it());
    ASSERT_EQ(climbs_.size(), 1U) << "one approved climb takes it all the way";
    EXPECT_EQ(climbs_[0].to, kFrontier);
}

TEST_F(Bind, ADeniedWishEndsTheRequestWhenTheClassSaysSo) {
    chat().max_tier = kMid;
    chat().on_denied = config::OnDenied::Reject;
    request_.wish.model = kLarge;
    const auto route = bind_it();
    ASSERT_FALSE(route);
    EXPECT_EQ(route.error().kind(), ErrorKind::EscalationDenied);
    EXPECT_EQ(route.error().code(), "escalation_not_approved");
    EXPECT_EQ(route.error().message(),
              "Requests of class `chat` may not be answered by tier `frontier` (class_ceiling: the class's `max_tier` is lower). "
              "Ask for `auto` or `tier:small` instead.");
}

TEST_F(Bind, ANamedModelIsTheOnlyTargetAndIsNotCascaded) {
    for (const ModelId model : {kMini, kMedium, kHuge}) {
        request_.wish.model = model;
        const auto route = bind_it();
        ASSERT_TRUE(route);
        EXPECT_EQ(route->targets, Models{model});
        EXPECT_EQ(route->tier, snapshot_.lowest_tier_of(model));
        EXPECT_EQ((climb() != nullptr), model != kMini);
        EXPECT_FALSE(route->cascade);
    }
}

TEST_F(Bind, OfSeveralTiersAModelsLowestCounts) {
    snapshot_.tiers[0].models.push_back(kLarge);
    request_.wish.model = kLarge;
    const auto route = bind_it();
    ASSERT_TRUE(route);
    EXPECT_EQ(route->tier, kSmall);
    EXPECT_FALSE(climb());
}

TEST_F(Bind, CeilingsBelowTheBoundTierLowerTheStart) {
    chat().tier = kFrontier;
    for (const bool by_request : {false, true}) {
        SCOPED_TRACE(by_request ? "the request's" : "the key's");
        request_.request_ceiling = by_request ? std::optional(kSmall) : std::nullopt;
        principal_.max_tier = by_request ? std::nullopt : std::optional(kSmall);
        const auto route = bind_it();
        ASSERT_TRUE(route);
        EXPECT_EQ(route->bound_tier, kFrontier);
        EXPECT_EQ(route->tier, kSmall);
        EXPECT_FALSE(climb()) << "nobody asked to go up";
        EXPECT_TRUE(route->cascade);
    }
}

TEST_F(Bind, AWishAboveTheRequestsOwnCeilingIsDeniedForIt) {
    chat().tier = kFrontier;
    request_.request_ceiling = kMid;
    request_.wish.model = kLarge;
    const auto route = bind_it();
    ASSERT_TRUE(route);
    EXPECT_EQ(route->tier, kMid);
    ASSERT_TRUE(climb());
    EXPECT_EQ(climb()->from, kMid);
    EXPECT_EQ(climb()->approval.reason, "request_ceiling");
}

TEST_F(Bind, ModelsThatLackACapabilityArePassedOver) {
    without_images({kTiny, kLarge});
    request_.needs.vision = true;
    const auto route = bind_it();
    ASSERT_TRUE(route);
    EXPECT_EQ(route->tier, kSmall);
    EXPECT_EQ(route->targets, Models{kMini});
    ASSERT_EQ(route->passed_over.size(), 1U);
    EXPECT_EQ(route->passed_over[0].model, kTiny);
    EXPECT_EQ(route->passed_over[0].missing, "image input");
    EXPECT_FALSE(climb());
    EXPECT_EQ(route->cascade->targets, Models{kHuge});
}

TEST_F(Bind, ATierThatLacksACapabilityClimbsToTheNextThatHasIt) {
    without_images({kTiny, kMini, kMedium});
    request_.needs.vision = true;
    const auto route = bind_it();
    ASSERT_TRUE(route);
    EXPECT_EQ(route->tier, kFrontier);
    EXPECT_EQ(route->targets, (Models{kLarge, kHuge}));
    EXPECT_EQ(route->passed_over.size(), 3U);
    ASSERT_TRUE(climb());
    EXPECT_EQ(climb()->from, kSmall);
    EXPECT_EQ(climb()->to, kFrontier);
    EXPECT_EQ(climb()->approval.reason, "capability");
    EXPECT_FALSE(route->cascade);
}

TEST_F(Bind, ACapabilityClimbAfterADeniedWishIsTheOneRecorded) {
    without_images({kTiny, kMini});
    chat().max_tier = kMid;
    request_.needs.vision = true;
    request_.wish.tier = kFrontier;
    const auto route = bind_it();
    ASSERT_TRUE(route);
    EXPECT_EQ(route->tier, kMid);
    ASSERT_EQ(climbs_.size(), 2U) << "both were asked";
    EXPECT_FALSE(climbs_[0].approval.approved);
    EXPECT_EQ(climb()->why, ClimbReason::Capability);
    EXPECT_TRUE(climb()->approval.approved);
}

TEST_F(Bind, ADeniedCapabilityClimbIsA400ThatSaysWhatForbidsIt) {
    without_images({kTiny, kMini});
    chat().max_tier = kSmall;
    request_.needs.vision = true;
    const auto route = bind_it();
    ASSERT_FALSE(route);
    EXPECT_EQ(route.error().kind(), ErrorKind::MissingCapability);
    EXPECT_EQ(route.error().code(), "model_capability_missing");
    EXPECT_EQ(
        route.error().message(),
        "No model that may answer this request offers what it needs (image input): `onprem/tiny` lacks image input, `cloud/mini` "
        "lacks image input. Tier `mid` offers it, but the climb was not approved (class_ceiling: the class's `max_tier` is "
        "lower).");
}

TEST_F(Bind, ACapabilityThatNoTierHasIsA400NamingEveryModelPassedOver) {
    without_images({kTiny, kMini, kMedium, kLarge});
    snapshot_.models[config::index_of(kHuge)].context_tokens = 10;
    request_.needs.vision = true;
    request_.needs.prompt_tokens = 11;
    const auto route = bind_it();
    ASSERT_FALSE(route);
    EXPECT_EQ(route.error().kind(), ErrorKind::MissingCapability);
    const std::string message(route.error().message());
    for (const char* part :
         {"`onprem/tiny` lacks image input", "`onprem/medium` lacks image input", "`cloud/huge` lacks context window"}) {
        EXPECT_NE(message.find(part), std::string::npos) << message;
    }
}

TEST_F(Bind, ANamedModelThatLacksACapabilityEndsTheRequest) {
    without_images({kTiny});
    request_.needs.vision = true;
    request_.wish.model = kTiny;
    const auto route = bind_it();
    ASSERT_FALSE(route);
    EXPECT_EQ(route.error().kind(), ErrorKind::MissingCapability);
    EXPECT_EQ(route.error().param(), "model");
    EXPECT_NE(route.error().message().find("`onprem/tiny` lacks image input"), std::string_view::npos);
}

TEST_F(Bind, ADeniedModelThatLacksACapabilityIsServedAsAuto) {
    without_images({kLarge});
    chat().max_tier = kSmall;
    request_.needs.vision = true;
    request_.wish.model = kLarge;
    const auto route = bind_it();
    ASSERT_TRUE(route);
    EXPECT_EQ(route->tier, kSmall);
}

TEST_F(Bind, AClassThatStaysInsideSeesInsideModelsOnly) {
    chat().stay_inside = true;
    const auto route = bind_it();
    ASSERT_TRUE(route);
    EXPECT_EQ(route->targets, Models{kTiny});
    EXPECT_EQ(route->passed_over[0].missing, "inside boundary");
    EXPECT_FALSE(route->cascade) << "no frontier model is inside";
    request_.wish.model = kLarge;
    EXPECT_EQ(bind_it().error().kind(), ErrorKind::MissingCapability);
}

TEST_F(Bind, AModelOnTwoTiersIsPassedOverOnce) {
    snapshot_.tiers[1].models = {kTiny};
    without_images({kTiny, kMini});
    request_.needs.vision = true;
    EXPECT_EQ(bind_it()->passed_over.size(), 2U);
}

TEST_F(Bind, ALongListOfModelsIsCutInTheMessage) {
    Models many;
    for (std::uint16_t i = 0; i < 40; ++i) {
        many.push_back(ModelId(snapshot_.models.size()));
        snapshot_.models.push_back(snapshot_.model(kTiny));
    }
    for (config::Tier& tier : snapshot_.tiers) {
        tier.models = many;
    }
    request_.needs.vision = true;
    for (config::Model& model : snapshot_.models) {
        model.capabilities.vision = Support::No;
    }
    EXPECT_LT(bind_it().error().message().size(), 700U);
}

TEST_F(Bind, ModelsThatTheKeyMayNotUseArePassedOver) {
    principal_.models = {false, true, true, false, true, true};
    const auto route = bind_it();
    ASSERT_TRUE(route);
    EXPECT_EQ(route->targets, Models{kMini});
    ASSERT_EQ(route->passed_over.size(), 1U);
    EXPECT_EQ(route->passed_over[0].missing, "permission of the key");
    EXPECT_EQ(route->cascade->targets, Models{kHuge});
}

TEST_F(Bind, AWishForAModelThatTheKeyMayNotUseIsA403) {
    principal_.models = {true, true, true, false, true, true};
    request_.wish.model = kLarge;
    const auto route = bind_it();
    ASSERT_FALSE(route);
    EXPECT_EQ(route.error().kind(), ErrorKind::ModelNotAllowed);
    EXPECT_EQ(route.error().code(), "model_not_allowed");
    EXPECT_EQ(route.error().param(), "model");
    EXPECT_NE(route.error().message().find("`cloud/large` lacks permission of the key"), std::string_view::npos);
}

TEST_F(Bind, AKeyWithoutAModelOnTheTierNeedsAnApprovalToClimb) {
    principal_.models = {false, false, true, true, true, true};
    ASSERT_TRUE(bind_it());
    EXPECT_EQ(climb()->why, ClimbReason::Capability);
    EXPECT_EQ(climb()->to, kMid);
    chat().max_tier = kSmall;
    chat().escalation.reset();
    const auto route = bind_it();
    ASSERT_FALSE(route);
    EXPECT_EQ(route.error().code(), "model_not_allowed");
}

TEST_F(Bind, AWishTakesFromTheQuotasWhatTheDearestOfItsModelsMayCost) {
    Principal& key = add_key(snapshot_, {.per_hour = {}, .share_max = {}, .usd_per_hour = Usd::from_nano(1'000)});
    principal_ = key;
    QuotaBoard board(snapshot_);
    quotas_ = &board;
    without_images({kHuge});
    request_.needs.vision = true;
    request_.estimate = [](ModelId model) { return Usd::from_nano(model == kHuge ? 900 : model == kLarge ? 400 : 1); };
    request_.wish.tier = kFrontier;
    ASSERT_TRUE(bind_it());
    EXPECT_EQ(climb()->estimate, Usd::from_nano(400)) << "the dearest cannot serve it";
    request_.wish = {.tier = {}, .model = kLarge};
    ASSERT_TRUE(bind_it()) << "dropped unsettled, the first stays at its estimate";
    ASSERT_TRUE(bind_it());
    EXPECT_FALSE(climb()->approval.approved);
    EXPECT_EQ(climb()->approval.reason, "key_quota_usd");
}

TEST_F(Bind, AWishThatACapabilityOvertakesGivesBackWhatItTook) {
    Principal& key = add_key(snapshot_, {.per_hour = 1, .share_max = {}, .usd_per_hour = {}});
    principal_ = key;
    QuotaBoard board(snapshot_);
    quotas_ = &board;
    without_images({kTiny, kMini, kMedium});
    request_.needs.vision = true;
    request_.wish.tier = kMid;
    const auto route = bind_it();
    ASSERT_TRUE(route);
    EXPECT_EQ(route->tier, kFrontier);
    ASSERT_EQ(climbs_.size(), 2U);
    EXPECT_FALSE(climbs_[0].approval.hold);
    EXPECT_TRUE(climbs_[1].approval.hold);
}

TEST_F(Bind, AQuotaThatIsUsedUpDeniesWishesAndCapabilitiesAlike) {
    Principal& key = add_key(snapshot_, {.per_hour = 0, .share_max = {}, .usd_per_hour = {}});
    principal_ = key;
    QuotaBoard board(snapshot_);
    quotas_ = &board;
    request_.wish.tier = kFrontier;
    EXPECT_EQ(bind_it()->tier, kSmall);
    EXPECT_EQ(climb()->approval.reason, "key_quota_count");
    chat().on_denied = config::OnDenied::Reject;
    EXPECT_NE(bind_it().error().message().find("key_quota_count: the key has used up its escalations of the last hour"),
              std::string_view::npos);
    request_.wish = {};
    without_images({kTiny, kMini});
    request_.needs.vision = true;
    EXPECT_EQ(bind_it().error().code(), "model_capability_missing");
    EXPECT_EQ(climb()->approval.reason, "key_quota_count");
}

/// Every combination of binding, wish, ceilings, what the class does on a denial, escalation and which tiers see images.
class BindEverything : public Bind {
protected:
    using Ceiling = std::optional<TierId>;

    static constexpr std::array<Ceiling, 4> kCeilings{std::nullopt, kSmall, kMid, kFrontier};

    static std::vector<Wish> wishes() {
        std::vector<Wish> all{Wish{}};
        for (const TierId tier : {kSmall, kMid, kFrontier}) {
            all.push_back({.tier = tier, .model = {}});
        }
        for (const ModelId model : {kTiny, kMedium, kLarge}) {
            all.push_back({.tier = {}, .model = model});
        }
        return all;
    }

    void check() {
        const auto route = bind_it();
        const TierId bound = chat().tier;
        TierId start = bound;
        for (const Ceiling& ceiling : {request_.request_ceiling, principal_.max_tier}) {
            start = std::min(start, ceiling.value_or(start));
        }
        if (!route) {
            ASSERT_TRUE(route.error().kind() == ErrorKind::EscalationDenied ||
                        route.error().kind() == ErrorKind::MissingCapability);
            ASSERT_TRUE(route.error().kind() != ErrorKind::EscalationDenied || chat().on_denied == config::OnDenied::Reject);
            return;
        }
        const TierId highest =
            std::min({chat().max_tier, principal_.max_tier.value_or(kFrontier), request_.request_ceiling.value_or(kFrontier)});
        ASSERT_FALSE(route->targets.empty());
        for (const ModelId target : route->targets) {
            ASSERT_FALSE(missing_capability(snapshot_, snapshot_.model(target), request_.needs));
        }
        if (route->tier > start) {
            ASSERT_TRUE(climb() && climb()->approval.approved && climb()->to == route->tier);
            ASSERT_LE(route->tier, highest);
        }
        if (climb()) {
            ASSERT_GT(climb()->to, climb()->from);
            ASSERT_EQ(climb()->approval.approved, climb()->to <= highest);
            ASSERT_LE(climb()->from, start);
            ASSERT_TRUE(climb()->approval.approved || chat().on_denied == config::OnDenied::Serve);
        }
        if (!request_.wish.tier && !request_.wish.model && !request_.needs.vision) {
            ASSERT_EQ(route->tier, start);
            ASSERT_FALSE(climb());
        }
        if (route->cascade) {
            ASSERT_GT(route->cascade->to, route->tier);
            ASSERT_FALSE(route->cascade->targets.empty());
            // A model that was denied may end in a cascade, by whichever way; one that was granted never does.
            ASSERT_TRUE(!request_.wish.model || climb());
            ASSERT_TRUE(!request_.wish.model || climb()->why == ClimbReason::Capability || !climb()->approval.approved);
        }
    }
};

TEST_F(BindEverything, NothingGetsAboveACeilingOrTheBoundTierWithoutAnApproval) {
    std::size_t combinations = 0;
    request_.needs.vision = true;
    for (unsigned blind = 0; blind < 8; ++blind) {
        for (std::size_t tier = 0; tier < 3; ++tier) {
            for (const ModelId model : snapshot_.tiers[tier].models) {
                snapshot_.models[config::index_of(model)].capabilities.vision =
                    (blind >> tier & 1U) == 1U ? Support::No : Support::Yes;
            }
        }
        for (const TierId bound : {kSmall, kMid, kFrontier}) {
            for (const TierId class_max : {kSmall, kMid, kFrontier}) {
                if (class_max < bound) {
                    continue;
                }
                for (const Wish& wish : wishes()) {
                    for (const Ceiling& of_request : kCeilings) {
                        for (const Ceiling& of_key : kCeilings) {
                            for (const auto on_denied : {config::OnDenied::Serve, config::OnDenied::Reject}) {
                                chat().tier = bound;
                                chat().max_tier = class_max;
                                chat().on_denied = on_denied;
                                request_.wish = wish;
                                request_.request_ceiling = of_request;
                                principal_.max_tier = of_key;
                                ASSERT_NO_FATAL_FAILURE(check()) << "combination " << combinations;
                                ++combinations;
                            }
                        }
                    }
                }
            }
        }
    }
    EXPECT_EQ(combinations, 8U * 6U * 7U * 4U * 4U * 2U);
}

/// Nothing that a key inside the boundary asks for, of whatever class, has a way out: neither first targets nor fallbacks nor
/// what a cascade or a fallen tier would climb to.
TEST_F(BindEverything, AKeyThatStaysInsideNeverReachesAnOutsideModel) {
    principal_.stay_inside = true;
    const auto expect_inside = [this](const std::vector<ModelId>& targets) {
        for (const ModelId target : targets) {
            ASSERT_EQ(snapshot_.provider(snapshot_.model(target).provider).boundary, config::Boundary::Inside);
        }
    };
    std::vector<Wish> all = wishes();
    all.push_back({.tier = {}, .model = kMini});
    all.push_back({.tier = {}, .model = kHuge});
    std::size_t routes = 0;
    // Which of the five models are inside, by the bits of a number.
    for (unsigned inside = 0; inside < 32; ++inside) {
        for (std::size_t model = 0; model < 5; ++model) {
            snapshot_.models[model].provider =
                config::ProviderId{(inside >> model & 1U) == 1U ? std::uint16_t{0} : std::uint16_t{1}};
        }
        for (const TierId bound : {kSmall, kMid, kFrontier}) {
            for (const bool escalates : {false, true}) {
                for (const auto when_down : {config::WhenTierIsDown::Fail, config::WhenTierIsDown::Climb}) {
                    for (const Wish& wish : all) {
                        for (const auto on_denied : {config::OnDenied::Serve, config::OnDenied::Reject}) {
                            chat().tier = bound;
                            chat().max_tier = kFrontier;
                            chat().escalation = escalates ? std::optional(config::Escalation{kFrontier, 0.6}) : std::nullopt;
                            chat().when_tier_is_down = when_down;
                            chat().on_denied = on_denied;
                            request_.wish = wish;
                            const auto route = bind_it();
                            if (!route) {
                                ASSERT_EQ(route.error().code(), "model_capability_missing");
                                continue;
                            }
                            ++routes;
                            ASSERT_FALSE(route->targets.empty());
                            ASSERT_NO_FATAL_FAILURE(expect_inside(route->targets));
                            if (route->cascade) {
                                ASSERT_NO_FATAL_FAILURE(expect_inside(route->cascade->targets));
                            }
                            if (route->when_down) {
                                ASSERT_NO_FATAL_FAILURE(expect_inside(route->when_down->targets));
                            }
                        }
                    }
                }
            }
        }
    }
    EXPECT_GT(routes, 1'000U);
}

}  // namespace
}  // namespace tierway::policy
