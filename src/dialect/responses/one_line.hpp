#pragma once

#include <string>
#include <string_view>

namespace tierway::dialect::responses {

/// Appends a JSON text without the white space between its tokens, so that it fits into one line of an event.
/// \param json valid; else anything comes out but a line end.
void append_one_line(std::string& out, std::string_view json);

}  // namespace tierway::dialect::responses
