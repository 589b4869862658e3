#pragma once

#include <cstdint>

namespace tierway::wire::detail {

/// What ended the scan of a string's body.
enum class StringEnd : std::uint8_t { Quote, Control, BadEscape, TextEnd };

struct StringScan {
    const char* at = nullptr;  ///< The closing quote, the offending byte (of an escape its backslash), or the text's end.
    StringEnd end = StringEnd::TextEnd;
    bool has_escapes = false;
    bool non_ascii = false;  ///< May also tell of bytes just behind the string: it only asks for a check of the whole text.
};

/// Finds the end of a JSON string and checks its escapes and control characters (RFC 8259 section 7), not its UTF-8: no byte of a
/// multi-byte sequence can be mistaken for a quote. Reads [begin, text_end) only; 64 bytes at a time where the processor has
/// AVX2. \param begin just behind the opening quote.
StringScan scan_string(const char* begin, const char* text_end) noexcept;

/// The same without vector instructions: for other processors, for the ends of texts, and as the yardstick of the tests.
StringScan scan_string_portably(const char* begin, const char* text_end) noexcept;

}  // namespace tierway::wire::detail
