#pragma once

#include "gateway/meters.hpp"
#include "gateway/request_context.hpp"
#include "tierway/base/time.hpp"
#include "tierway/telemetry/decision_record.hpp"
#include "tierway/telemetry/span_queue.hpp"

namespace tierway::gateway {

/// Writes the spans of a request that is settled, and leaves them for their export. REQUIRES: its trace is recorded.
/// \param now as the record has its duration.
void export_spans(RequestContext& context, const telemetry::DecisionRecord& record, RequestOutcome how, SteadyTime now,
                  telemetry::SpanQueue& spans);

}  // namespace tierway::gateway
