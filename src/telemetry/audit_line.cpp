#include "tierway/telemetry/audit_line.hpp"

#include "telemetry/record_members.hpp"
#include "tierway/base/json_object_writer.hpp"

namespace tierway::telemetry {

void write_audit_line(const DecisionRecord& record, std::size_t climb, TextBuffer& out) {
    JsonObjectWriter object(out);
    write_time(object, out, record.time);
    object.text("audit", "climb");
    object.text("request_id", record.request_id);
    object.text("trace_id", record.trace_id);
    object.text("principal", record.principal);
    object.text("team", record.team);
    object.text("class", record.request_class);
    write_climb_members(object, record.climbs[climb]);
    object.text("policy", record.policy);
    object.end();
}

}  // namespace tierway::telemetry
