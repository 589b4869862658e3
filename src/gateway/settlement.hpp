#pragma once

#include <cstddef>

#include "gateway/request_context.hpp"
#include "tierway/telemetry/decision_log.hpp"
#include "tierway/telemetry/line_log.hpp"
#include "tierway/telemetry/span_queue.hpp"

namespace tierway::gateway {

/// Where what is known of a request goes.
struct SettlementSinks {
    telemetry::DecisionLog& log;
    telemetry::LineLog& audit;
    telemetry::SpanQueue& spans;
    std::size_t worker;  ///< Whose ring of `log` it is.
};

/// Phase 9, once for every request, however it ended: charges, quotas, metrics, the decision record, an audit line for each
/// request to climb, and the spans of a trace that is recorded.
void settle(RequestContext& context, const SettlementSinks& sinks);

}  // namespace tierway::gateway
