#pragma once

#include <functional>

#include "tierway/wire/edits.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect {

/// Removes the elements of an array that are to go, each with a comma of its own. \returns whether any element is left.
/// REQUIRES: no other edit lies inside the removed ones. Linear in the elements.
bool remove_elements(const wire::JsonValue& array, const std::function<bool(const wire::JsonValue&)>& goes, wire::Edits& edits);

}  // namespace tierway::dialect
