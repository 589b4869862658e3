#pragma once

#include <string>
#include <string_view>

namespace tierway::wire {

/// Appends `text` with every byte that is neither unreserved (RFC 3986 section 2.3: letters, digits, `-._~`) nor in `kept` as
/// `%XX`: for one segment of a path. What is encoded already is encoded again.
void append_percent_encoded(std::string& out, std::string_view text, std::string_view kept = {});

}  // namespace tierway::wire
