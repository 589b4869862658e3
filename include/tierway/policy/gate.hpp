#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/base/usd.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/policy/binding.hpp"
#include "tierway/policy/principal.hpp"

namespace tierway::policy {

enum class GateVerdict : std::uint8_t {
    Open,          ///< "open": nothing limits what the request may cost.
    Passed,        ///< "passed": it may cost no more than its limit.
    Acknowledged,  ///< "acknowledged": above the limit, and its caller accepts it.
    Downgraded,    ///< "downgraded": the limit pays for a lower tier, or for fewer models of the tier.
    Unaccepted,    ///< "acknowledgement_required": refused until its caller accepts it.
    Rejected,      ///< "rejected": refused.
};
std::string_view name_of(GateVerdict verdict) noexcept;

/// What the gate found of one request; kept also when it was refused.
struct GatePass {
    GateVerdict verdict = GateVerdict::Open;
    Usd estimate;                        ///< What the first attempt may cost at most; of a downgrade, on the route it leads to.
    std::optional<Usd> ceiling;          ///< What all attempts together may cost: `ClimbRequest::cost_ceiling`.
    std::optional<config::TierId> from;  ///< Downgraded: the tier that the request would have gone to, …
    std::optional<Usd> estimate_there;   ///< … and what it may have cost there.
};

/// The check before dispatch that the request's first step may cost what it may cost at most (RELIABILITY.md section 5.3): the
/// dearest of the route's targets, each of which may be the one that answers.
///
/// The request's ceiling is the class's limit (`Snapshot::usd_per_request`). An amount that its caller accepts takes the limit's
/// place where the action is `acknowledge`, and where there is no gate at all; elsewhere it can only lower it. It lifts nothing
/// else: no tier's ceiling, no quota, no budget.
///
/// Above the ceiling:
/// - `acknowledge`, or no gate: refused, TooExpensive "cost_acknowledgement_required".
/// - `reject`: refused, TooExpensive "request_too_expensive".
/// - `downgrade`: to the dearest tier at or below the route's that has a model that can serve the request within the ceiling, and
///   there to those models alone, also when the client named another one. Never upward, so nobody's approval is needed; an
///   approved climb of this request then leads only so far, or is denied for "request_cost". None: as `reject`.
///
/// Pure. \param request as it was bound. \param accepted by the caller.
Result<void> pass_gate(const config::Snapshot& snapshot, const Principal& principal, const BindRequest& request,
                       std::optional<Usd> accepted, Route& route, std::vector<Climb>& climbs, GatePass& pass);

}  // namespace tierway::policy
