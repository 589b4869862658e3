#include "tierway/policy/approval.hpp"

#include <utility>

#include "tierway/base/assert.hpp"

namespace tierway::policy {

std::string_view name_of(ClimbReason reason) noexcept {
    switch (reason) {
        case ClimbReason::ClientWish:
            return "client_wish";
        case ClimbReason::LowConfidence:
            return "low_confidence";
        case ClimbReason::TierDown:
            return "tier_down";
        case ClimbReason::ExpectedGain:
            return "expected_gain";
        case ClimbReason::CascadeNotWorthIt:
            return "cascade_not_worth_it";
        case ClimbReason::Classified:
            return "classified";
        case ClimbReason::Capability:
            return "capability";
    }
    return "unknown";
}

Approval approve(const config::Snapshot& snapshot, const Principal& principal, const ClimbRequest& request, QuotaBoard* quotas,
                 SteadyTime now) {
    TIERWAY_ASSERT(request.to > request.from);
    if (request.to > snapshot.request_class(request.request_class).max_tier) {
        return {false, "class_ceiling", {}};
    }
    if (principal.max_tier && request.to > *principal.max_tier) {
        return {false, "key_ceiling", {}};
    }
    if (request.request_ceiling && request.to > *request.request_ceiling) {
        return {false, "request_ceiling", {}};
    }
    if (request.cost_ceiling && request.spent + request.estimate > *request.cost_ceiling) {
        return {false, "request_cost", {}};
    }
    if (quotas == nullptr) {
        return {true, name_of(request.why), {}};
    }
    QuotaAnswer answer = quotas->take(principal, request.estimate, now);
    if (!answer.denial.empty()) {
        return {false, answer.denial, {}};
    }
    return {true, name_of(request.why), std::move(answer.hold)};
}

}  // namespace tierway::policy
