#pragma once

#include <cstddef>

#include "gateway/request_context.hpp"
#include "tierway/telemetry/decision_log.hpp"

namespace tierway::gateway {

/// Phase 9, once for every request, however it ended: the metrics and the decision record.
void settle(RequestContext& context, telemetry::DecisionLog& log, std::size_t worker);

}  // namespace tierway::gateway
