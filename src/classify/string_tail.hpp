#pragma once

#include <cstddef>
#include <string>

#include "tierway/wire/json_view.hpp"

namespace tierway::classify {

/// Appends the end of a JSON string's unescaped text: what its last `raw_bytes_max` bytes of JSON stand for, from the first place
/// in them where a character surely begins. Touches no other byte of the string. \param value a string.
void append_string_tail(const wire::JsonValue& value, std::size_t raw_bytes_max, std::string& out);

}  // namespace tierway::classify
