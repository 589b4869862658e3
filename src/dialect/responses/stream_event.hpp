#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tierway/base/json_writer.hpp"

namespace tierway::dialect::responses {

/// Appends one event of a client's stream. \param sequence its number; is counted up. \param fill writes its own members.
template <class Fill>
void append_event(std::string& out, std::string_view type, std::int64_t& sequence, Fill fill) {
    out.append("event: ").append(type).append("\ndata: ");
    JsonWriter json(out);
    json.begin_object().text("type", type).integer("sequence_number", sequence++);
    fill(json);
    json.end_object();
    out += "\n\n";
}

}  // namespace tierway::dialect::responses
