#pragma once

#include <bit>
#include <cstdint>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace tierway::wire::detail {

/// What ended the scan of a string's body.
enum class StringEnd : std::uint8_t { Quote, Control, BadEscape, TextEnd };

struct StringScan {
    const char* at = nullptr;  ///< The closing quote, the offending byte (of an escape its backslash), or the text's end.
    StringEnd end = StringEnd::TextEnd;
    bool has_escapes = false;
    /// There may be UTF-8 that is not right: bytes beyond ASCII were passed without checking them, or were found wrong. It asks for
    /// a check of the whole text, and may also tell of bytes just behind the string.
    bool utf8_unchecked = false;
};

/// Finds the end of a JSON string and checks its escapes and control characters (RFC 8259 section 7); no byte of a multi-byte
/// sequence can be mistaken for a quote. Reads [begin, text_end) only; 64 bytes at a time where the processor has AVX2, and with
/// AVX-512 it checks the UTF-8 in passing. \param begin just behind the opening quote.
StringScan scan_string(const char* begin, const char* text_end) noexcept;

/// The closing quote of a short string of plain ASCII, which most keys and values are; null when it takes a scan to tell.
inline const char* find_near_quote(const char* begin, const char* text_end) noexcept {
#if defined(__SSE2__)
    constexpr std::ptrdiff_t kBlockBytes = 16;
    if (text_end - begin < kBlockBytes) {
        return nullptr;
    }
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(begin));
    const auto quotes = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'))));
    // As signed bytes, those beyond ASCII are below the space too.
    const auto others = static_cast<unsigned>(
        _mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')), _mm_cmplt_epi8(bytes, _mm_set1_epi8(' ')))));
    const unsigned before_quote = (quotes & (0U - quotes)) - 1U;
    return quotes != 0 && (others & before_quote) == 0 ? begin + std::countr_zero(quotes) : nullptr;
#else
    static_cast<void>(begin);
    static_cast<void>(text_end);
    return nullptr;
#endif
}

/// Goes on with a scan at `at`, which may be anywhere but inside an escape; portably, as below.
StringScan scan_on(StringScan scan, const char* at, const char* text_end) noexcept;

/// As `scan_string`, without vector instructions: for other processors, for the ends of texts, and as the yardstick of the tests.
StringScan scan_string_portably(const char* begin, const char* text_end) noexcept;

}  // namespace tierway::wire::detail
