#pragma once

#include <cstddef>

#include "gateway/request_context.hpp"
#include "tierway/telemetry/decision_log.hpp"
#include "tierway/telemetry/line_log.hpp"

namespace tierway::gateway {

/// Phase 9, once for every request, however it ended: charges, quotas, metrics, the decision record, and an audit line for each
/// request to climb.
void settle(RequestContext& context, telemetry::DecisionLog& log, telemetry::LineLog& audit, std::size_t worker);

}  // namespace tierway::gateway
