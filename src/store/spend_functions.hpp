#pragma once

#include "store/sqlite_connection.hpp"
#include "tierway/base/calendar_window.hpp"

namespace tierway::store {

/// Gives a connection's statements what SQL lacks: `saturating_sum(x)`, which does not fail where `sum` does, and `day_name(ms)`,
/// the date of a time in a zone. The zone holds until the next call.
void add_spend_functions(SqliteConnection& connection, const TimeZone& zone);

}  // namespace tierway::store
