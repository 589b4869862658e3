#pragma once

#include <string>
#include <string_view>

namespace tierway {

/// Appends `text` as a JSON string with its quotes (RFC 8259 section 7). Invalid UTF-8 becomes U+FFFD, so the result is always
/// valid.
void append_json_string(std::string& out, std::string_view text);

/// Whether `text` needs nothing but quotes to be a JSON string: ASCII without quotes, backslashes and control characters.
bool is_plain_json_text(std::string_view text) noexcept;

}  // namespace tierway
