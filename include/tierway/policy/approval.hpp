#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "tierway/base/time.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/policy/principal.hpp"

namespace tierway::policy {

/// Why somebody wants to climb.
enum class ClimbReason : std::uint8_t {
    ClientWish,     ///< "client_wish": the client named a higher tier or a model on one.
    LowConfidence,  ///< "low_confidence": the cascade found the answer wanting.
    Capability,     ///< "capability": no model of the tier can do what the request needs.
    TierDown,       ///< "tier_down": no model of the tier answers, and the class climbs then.
};
std::string_view name_of(ClimbReason reason) noexcept;

struct ClimbRequest {
    config::ClassId request_class{};
    config::TierId from{};
    config::TierId to{};
    ClimbReason why{};
    std::optional<config::TierId> request_ceiling;  ///< `x-tierway-max-tier`.
};

/// The approver's answer; disclosed to the client and written to the decision record.
struct Approval {
    bool approved = false;
    /// Stable and machine-readable: the climb's reason when approved, else what forbids it: "class_ceiling", "key_ceiling",
    /// "request_ceiling".
    std::string_view reason;
};

/// **The single door upward**: wish, cascade and capability climbs all pass here, and nothing else moves a request to a higher
/// tier. Asked in this order, and the first that forbids names the reason: the class's `max_tier`, the principal's, the request's
/// own. Each forbids every tier above itself, so when a tier is refused all higher ones are. Pure; `now` is for the quotas of the
/// ledger. REQUIRES: `to` is above `from`.
Approval approve(const config::Snapshot& snapshot, const Principal& principal, const ClimbRequest& request, SteadyTime now);

}  // namespace tierway::policy
