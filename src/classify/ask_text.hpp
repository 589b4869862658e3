#pragma once

#include <cstddef>
#include <string>

#include "tierway/wire/json_view.hpp"

namespace tierway::classify {

/// Puts what a user message says into `ask`: the text of its newest sixteen text parts, agent wrappers removed, blanks at the
/// ends removed; of more than `bytes_max` bytes the first two thirds and the last third of that, a line feed between. Looks at no
/// more than the ends of long parts.
void read_ask(const wire::JsonValue& message, std::size_t bytes_max, std::string& ask);

}  // namespace tierway::classify
