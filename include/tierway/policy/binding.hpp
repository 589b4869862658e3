#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/base/time.hpp"
#include "tierway/base/usd.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/policy/approval.hpp"
#include "tierway/policy/capability.hpp"
#include "tierway/policy/principal.hpp"
#include "tierway/policy/wish.hpp"

namespace tierway::policy {

/// A model that could have answered and was passed over.
struct PassedOver {
    config::ModelId model{};
    std::string_view missing;  ///< As `missing_capability` names it.
};

/// What may happen after a draft is judged. Whether it does is `approve()`'s word at that time.
struct CascadePlan {
    config::TierId to{};  ///< Above the route's tier.
    double below = 0.0;
    std::vector<config::ModelId> targets;  ///< The higher tier's models that can serve the request; never empty.
    /// Whose opinion on the draft is asked for; absent when the class asks for none, or the model can or may not serve the
    /// request. Of agreement it may be the route's own first target, sampled again.
    std::optional<config::ModelId> agreement{};
    std::optional<config::ModelId> verifier{};
};

/// A higher tier and its models that can serve the request; never without one.
struct TierTargets {
    config::TierId tier{};
    std::vector<config::ModelId> targets;
};

/// The plan for one request.
struct Route {
    config::ClassId request_class{};
    config::TierId bound_tier{};           ///< By the class.
    config::TierId tier{};                 ///< Where the first attempt goes.
    std::vector<config::ModelId> targets;  ///< Never empty: the first answers, the rest are fallbacks on the same tier.
    std::vector<PassedOver> passed_over;   ///< On the tiers that were looked at for the first attempt; each model once.
    std::optional<CascadePlan> cascade;    ///< Absent: the answer is not judged.
    std::optional<TierTargets> when_down;  ///< Where to climb when no target answers, if the class does (`when_tier_is_down`).
    /// The tier below, where no draft was asked for because drafts cost more than they spare: it answers when no target does.
    std::optional<TierTargets> stand_in;
};

struct BindRequest {
    config::ClassId request_class{};
    Wish wish;
    std::optional<config::TierId> request_ceiling;  ///< `x-tierway-max-tier`: may only lower.
    Needs needs;                                    ///< `stay_inside` is added from class and principal.
    /// What an attempt at the model may cost for this request; asked only of climbs and by the gate. Empty: nothing.
    std::function<Usd(config::ModelId)> estimate{};
    /// What the model is expected to count the prompt as; in place of `needs.prompt_tokens`, unless it is empty.
    std::function<std::int64_t(config::ModelId)> prompt_tokens{};
};

/// Class → tier → ordered models, with the client's wish (DESIGN.md section 5).
///
/// The *start tier* is the class's bound tier, lowered to the request's ceiling and to the principal's where these are below it.
///
/// The *ground* is the start tier, or the principal's `escalations.above` where that is lower: where climbs begin.
///
/// The wish. What it asks for is a tier: the one it names, or the lowest that holds the model it names.
/// - `auto`: the start tier.
/// - At or below the ground: granted, no door to pass.
/// - Above it, but not above the start tier: `approve(Classified)` from the ground; denied, the ground serves.
/// - Above the start tier: `approve(ClientWish)` from the ground. That includes a wish within the bound tier but above a ceiling, which
/// is
///   denied for that ceiling. Approved: that tier. Denied: the class's `on_denied` either serves the start tier as if the wish
///   had been `auto`, or ends the request with EscalationDenied; both disclose the climb.
/// - A named model that is granted or approved is the only target, and its answer is not cascaded: the client chose it.
///
/// Capabilities. Models that lack what the request needs are passed over, the rest keep their order.
/// - A model that the principal's key may not use is passed over likewise, for lack of "permission of the key", and so is one
///   outside the boundary ("inside boundary") when the class or the principal has to stay inside.
/// - A named model that lacks something ends the request: nothing else was asked for.
/// - A tier without any model left: the next higher one that has some is asked of `approve(Capability)`. Approved: that tier.
///   Denied, or no tier has one: MissingCapability, whatever `on_denied` says, because there is nothing below to serve.
///   What an approved wish took of the key's quotas is released before: the request does not go there.
///
/// The cascade. Planned when the class escalates to a tier above the one that begins, and a model there can serve the request;
/// also above a ceiling, so that the denial at run time is disclosed. Not for a named model. Opinions on its draft are asked of
/// whom the class says, as far as key, boundary and capabilities let that model see the request; a verifier gets text only.
///
/// When the tier is down. A class that climbs then gets the next higher tier with a model that can serve the request; whether it
/// may go there is `approve(TierDown)`'s word at that time. Not for a named model.
///
/// Errors: EscalationDenied "escalation_not_approved"; MissingCapability "model_capability_missing", naming the capability and
/// each model passed over with what it lacks (at most twelve); ModelNotAllowed "model_not_allowed" when all that is lacking is
/// the key's permission.
/// \param quotas as `approve` has it.
/// \param climbs gets every climb that was asked of the approver, in order, also when the request ends with an error: the last
/// one
///               is what decided where the request goes, or that it ends. REQUIRES: empty.
Result<Route> bind(const config::Snapshot& snapshot, const Principal& principal, const BindRequest& request, QuotaBoard* quotas,
                   SteadyTime now, std::vector<Climb>& climbs);

/// Lets the route begin where its cascade leads: its answer is not judged, and what happens when that tier is down is planned anew.
/// \param request as it was bound. REQUIRES: the route has a cascade, and the approver agreed.
void begin_higher(const config::Snapshot& snapshot, const Principal& principal, const BindRequest& request, Route& route);

}  // namespace tierway::policy
