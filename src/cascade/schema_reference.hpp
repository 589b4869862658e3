#pragma once

#include <string_view>

#include "cascade/work_budget.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::cascade {

/// The schema that a local reference names: `#`, or `#` and a JSON pointer (RFC 6901) as a URI fragment, with `~0`, `~1` and
/// percent escapes. Missing for everything else (other documents, anchors) and for pointers that lead nowhere.
wire::JsonValue resolve_reference(const wire::JsonValue& root, std::string_view reference, WorkBudget& budget);

}  // namespace tierway::cascade
