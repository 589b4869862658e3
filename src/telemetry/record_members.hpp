#pragma once

#include "tierway/base/json_object_writer.hpp"
#include "tierway/base/text_buffer.hpp"
#include "tierway/telemetry/decision_record.hpp"

namespace tierway::telemetry {

/// The members that decision records and audit lines write alike.

/// `time`, in UTC with milliseconds: "2026-11-23T22:13:20.123Z". \param out what `object` writes to.
void write_time(JsonObjectWriter& object, TextBuffer& out, WallTime time);
/// From where to where, why, and the approver's answer.
void write_climb_members(JsonObjectWriter& object, const ClimbRecord& climb);

}  // namespace tierway::telemetry
