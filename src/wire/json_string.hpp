#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tierway::wire::detail {

/// The length of the escape at the start of `text` (RFC 8259 section 7), or 0 when it is not a valid one. Surrogates need no
/// partner. REQUIRES: `text` starts with a backslash.
std::size_t escape_size(std::string_view text) noexcept;

/// Appends the unescaped body. REQUIRES: the escapes were checked.
void append_unescaped(std::string& out, std::string_view body);

/// Appends at most `bytes_max` bytes of the unescaped body, whole characters only. REQUIRES: valid UTF-8, checked escapes.
void append_unescaped(std::string& out, std::string_view body, std::size_t bytes_max);

/// Whether the body, once unescaped, equals `text`. REQUIRES: the escapes were checked.
bool unescaped_equals(std::string_view body, std::string_view text) noexcept;

}  // namespace tierway::wire::detail
