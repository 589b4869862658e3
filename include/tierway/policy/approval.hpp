#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "tierway/base/time.hpp"
#include "tierway/base/usd.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/policy/principal.hpp"
#include "tierway/policy/quota_board.hpp"

namespace tierway::policy {

/// Why somebody wants to climb.
enum class ClimbReason : std::uint8_t {
    ClientWish,     ///< "client_wish": the client named a higher tier or a model on one.
    LowConfidence,  ///< "low_confidence": the cascade found the answer wanting.
    Capability,     ///< "capability": no model of the tier can do what the request needs.
    TierDown,       ///< "tier_down": no model of the tier answers, and the class climbs then.
    ExpectedGain,   ///< "expected_gain": the class expects more of the higher tier than it costs, before anything is asked.
    CascadeNotWorthIt,  ///< "cascade_not_worth_it": so many drafts of the class are given up that they cost more than they spare.
    Classified,     ///< "classified": its class is bound above the tier from which on its key's climbs count.
};
std::string_view name_of(ClimbReason reason) noexcept;

struct ClimbRequest {
    config::ClassId request_class{};
    config::TierId from{};
    config::TierId to{};
    ClimbReason why{};
    std::optional<config::TierId> request_ceiling;  ///< `x-tierway-max-tier`.
    Usd estimate;                                   ///< What an attempt on the higher tier may cost.
    std::optional<Usd> cost_ceiling{};              ///< What the request may cost in all (`pass_gate`).
    Usd spent{};                                    ///< What it has cost so far.
};

/// The approver's answer; disclosed to the client and written to the decision record.
struct Approval {
    bool approved = false;
    /// Stable and machine-readable: the climb's reason when approved, else what forbids it: "class_ceiling", "key_ceiling",
    /// "request_ceiling", "request_cost", "key_quota_count", "key_quota_share", "key_quota_usd".
    std::string_view reason;
    QuotaHold hold;  ///< What the climb took of the key's quotas: to be settled when its attempts have ended.
};

/// A climb that was put to the approver, and its answer.
struct Climb {
    config::TierId from{};
    config::TierId to{};
    ClimbReason why{};
    Usd estimate;
    Approval approval;
};

/// **The single door upward**: wish, cascade and capability climbs all pass here, and nothing else moves a request to a higher
/// tier. Asked in this order, and the first that forbids names the reason: the class's `max_tier`, the principal's, the request's
/// own, what the request may cost in all, the quotas of the principal's key. Each ceiling of tiers forbids every tier above
/// itself, and a quota that is used up forbids every climb, so when a tier is refused all higher ones are. \param quotas what the
/// keys have escalated of late; null where nothing is going to be sent: no quota is looked at then, and
///               the function is pure. REQUIRES, if it is there: made of `snapshot`.
/// REQUIRES: `to` is above `from`.
Approval approve(const config::Snapshot& snapshot, const Principal& principal, const ClimbRequest& request, QuotaBoard* quotas,
                 SteadyTime now);

}  // namespace tierway::policy
