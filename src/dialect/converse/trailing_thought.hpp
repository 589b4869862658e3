#pragma once

#include "dialect/turn_layout.hpp"

namespace tierway::dialect::converse {

/// Takes thought away that would end an assistant's message, which the API refuses. A message that becomes empty goes, and its
/// neighbours are one.
void drop_trailing_thought(TurnLayout& layout);

}  // namespace tierway::dialect::converse
