#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/base/time.hpp"
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

/// A climb that was asked for while binding, and its answer.
struct Climb {
    config::TierId from{};
    config::TierId to{};
    ClimbReason why{};
    Approval approval;
};

/// What may happen after a draft is judged. Whether it does is `approve()`'s word at that time.
struct CascadePlan {
    config::TierId to{};
    double below = 0.0;
    std::vector<config::ModelId> targets;  ///< The higher tier's models that can serve the request; never empty.
};

/// The plan for one request.
struct Route {
    config::ClassId request_class{};
    config::TierId bound_tier{};             ///< By the class.
    config::TierId tier{};                   ///< Where the first attempt goes.
    std::vector<config::ModelId> targets;    ///< Never empty: the first answers, the rest are fallbacks on the same tier.
    std::vector<PassedOver> passed_over;
    std::optional<Climb> climb;              ///< Present when the wish or a capability asked to go above the bound tier.
    std::optional<CascadePlan> cascade;      ///< Absent: the answer is not judged.
};

struct BindRequest {
    config::ClassId request_class{};
    Wish wish;
    std::optional<config::TierId> request_ceiling;  ///< `x-tierway-max-tier`: may only lower.
    Needs needs;
};

/// Class → tier → ordered models, with the client's wish (DESIGN.md section 5):
/// - a wish at or below the bound tier is granted; one above asks `approve()`; denied, the bound tier serves or the request ends
///   with 403 as the class says;
/// - a named model is the only target, and its answer is not cascaded: the client chose it;
/// - the request's ceiling lowers where the first attempt goes, and bounds every climb;
/// - models that lack a capability are passed over; when a whole tier lacks it, the next tier that has it is asked of `approve()`.
/// Errors: EscalationDenied "escalation_not_approved"; MissingCapability "model_capability_missing", naming the capability and models.
Result<Route> bind(const config::Snapshot& snapshot, const Principal& principal, const BindRequest& request, SteadyTime now);

}  // namespace tierway::policy
