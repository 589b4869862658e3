#pragma once

#include <cstddef>

#include "tierway/base/text_buffer.hpp"
#include "tierway/telemetry/decision_record.hpp"

namespace tierway::telemetry {

/// Writes the audit line of one request to climb: who asked, from where to where and why, what the approver said, and what it may
/// cost. One JSON object without its line end, appended to `out`; the names are those of the decision record, which holds it too.
/// REQUIRES: `climb` is one of `record.climbs`, by position.
void write_audit_line(const DecisionRecord& record, std::size_t climb, TextBuffer& out);

}  // namespace tierway::telemetry
