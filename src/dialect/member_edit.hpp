#pragma once

#include <string_view>

#include "tierway/wire/edits.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect {

/// Gives an object a member, in place of one of that name. \param member as JSON text: `"name":value`, its name without escapes.
void write_member(const wire::JsonValue& object, std::string_view member, wire::Edits& edits);

}  // namespace tierway::dialect
