#include "wire/string_scan_avx512.hpp"

#if defined(__x86_64__)

// The compiler's own header initialises an undefined vector with itself (GCC bug 105593).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop

#include <array>
#include <bit>
#include <cstddef>

#include "wire/escaped_bytes.hpp"
#include "wire/json_string.hpp"

#define TIERWAY_AVX512 __attribute__((target("avx512f,avx512bw,bmi,bmi2")))  // NOLINT: an attribute cannot be named otherwise.

namespace tierway::wire::detail {
namespace {

constexpr std::ptrdiff_t kBlockBytes = 64;
constexpr std::uint64_t kAll = ~std::uint64_t{0};

using Table = std::array<std::uint8_t, 16>;

TIERWAY_AVX512 inline __m512i in_all_lanes(const Table& table) noexcept {
    return _mm512_broadcast_i32x4(_mm_loadu_si128(reinterpret_cast<const __m128i*>(table.data())));
}

TIERWAY_AVX512 inline __m512i lower_halves(__m512i bytes) noexcept {
    return _mm512_and_si512(bytes, _mm512_set1_epi8(0x0F));
}

TIERWAY_AVX512 inline __m512i upper_halves(__m512i bytes) noexcept {
    return _mm512_and_si512(_mm512_srli_epi16(bytes, 4), _mm512_set1_epi8(0x0F));
}

/// The bytes that are one of `"\/bfnrt`, which make a whole escape behind a backslash: looked up by both their halves, with a bit
/// for each upper half that occurs among them (2, 5, 6 and 7).
TIERWAY_AVX512 inline std::uint64_t escapable_of(__m512i bytes, __m512i by_lower, __m512i by_upper) noexcept {
    return _mm512_test_epi8_mask(_mm512_shuffle_epi8(by_lower, lower_halves(bytes)),
                                 _mm512_shuffle_epi8(by_upper, upper_halves(bytes)));
}
constexpr Table kEscapableByLower{0, 0, 13, 0, 8, 0, 4, 0, 0, 0, 0, 0, 2, 0, 4, 1};
constexpr Table kEscapableByUpper{0, 0, 1, 0, 0, 2, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0};

/// What may be wrong about two bytes that follow each other, one bit each (Keiser and Lemire, "Validating UTF-8 in less than one
/// instruction per byte", 2021, section 6). A bit stands in each table for the values of one half of a byte that the fault may
/// have; the fault is there when it stands for all three.
namespace fault {
constexpr std::uint8_t kTooShort = 1;     ///< A lead byte without the continuation it needs.
constexpr std::uint8_t kTooLong = 2;      ///< A continuation behind ASCII.
constexpr std::uint8_t kOverlong3 = 4;    ///< E0 80…9F.
constexpr std::uint8_t kTooLarge = 8;     ///< F4 90…, F5… 90…: above U+10FFFF.
constexpr std::uint8_t kSurrogate = 16;   ///< ED A0….
constexpr std::uint8_t kOverlong2 = 32;   ///< C0, C1.
constexpr std::uint8_t kFourBytes = 64;   ///< F0 80…8F, overlong, and F5… 80…8F, above U+10FFFF.
constexpr std::uint8_t kSecond = 128;     ///< Two continuations: right where a longer sequence asks for them, and only there.
constexpr std::uint8_t kAnyLower = kTooShort | kTooLong | kSecond;  ///< Those that do not ask for the lead's lower half.

constexpr Table kByLeadUpper = [] {
    Table table{};
    for (std::size_t half = 0x0; half <= 0x7; ++half) {
        table[half] = kTooLong;
    }
    for (std::size_t half = 0x8; half <= 0xB; ++half) {
        table[half] = kSecond;
    }
    table[0xC] = kTooShort | kOverlong2;
    table[0xD] = kTooShort;
    table[0xE] = kTooShort | kOverlong3 | kSurrogate;
    table[0xF] = kTooShort | kTooLarge | kFourBytes;
    return table;
}();

constexpr Table kByLeadLower = [] {
    Table table{};
    for (std::size_t half = 0x0; half <= 0xF; ++half) {
        table[half] = kAnyLower | (half >= 0x4 ? kTooLarge : 0) | (half >= 0x5 || half == 0x0 ? kFourBytes : 0) |
                      (half <= 0x1 ? kOverlong2 : 0) | (half == 0x0 ? kOverlong3 : 0) | (half == 0xD ? kSurrogate : 0);
    }
    return table;
}();

constexpr Table kByNextUpper = [] {
    Table table{};
    for (std::size_t half = 0x0; half <= 0xF; ++half) {
        table[half] = kTooShort;
    }
    for (std::size_t half = 0x8; half <= 0xB; ++half) {
        table[half] = kTooLong | kOverlong2 | kSecond | (half <= 0x9 ? kOverlong3 : kSurrogate) |
                      (half == 0x8 ? kFourBytes : kTooLarge);
    }
    return table;
}();
}  // namespace fault

/// The bytes at which UTF-8 turns out to be wrong.
/// \param at where `bytes` were loaded, as far as `wanted` says. \param in_string whether the three bytes before belong to the
/// string; else they count as ASCII, and are not read.
TIERWAY_AVX512 std::uint64_t utf8_faults(const char* at, __m512i bytes, std::uint64_t wanted, bool in_string) noexcept {
    const __m512i before1 = _mm512_maskz_loadu_epi8(wanted & (in_string ? kAll : kAll << 1U), at - 1);
    const __m512i before2 = _mm512_maskz_loadu_epi8(wanted & (in_string ? kAll : kAll << 2U), at - 2);
    const __m512i before3 = _mm512_maskz_loadu_epi8(wanted & (in_string ? kAll : kAll << 3U), at - 3);
    const __m512i by_lead = _mm512_and_si512(_mm512_shuffle_epi8(in_all_lanes(fault::kByLeadUpper), upper_halves(before1)),
                                             _mm512_shuffle_epi8(in_all_lanes(fault::kByLeadLower), lower_halves(before1)));
    const __m512i pairs =
        _mm512_and_si512(by_lead, _mm512_shuffle_epi8(in_all_lanes(fault::kByNextUpper), upper_halves(bytes)));
    // The third and fourth bytes of sequences: there the fault of a second continuation must be, and elsewhere not.
    const __m512i third = _mm512_subs_epu8(before2, _mm512_set1_epi8(static_cast<char>(0xE0 - fault::kSecond)));
    const __m512i fourth = _mm512_subs_epu8(before3, _mm512_set1_epi8(static_cast<char>(0xF0 - fault::kSecond)));
    const __m512i second_wanted =
        _mm512_and_si512(_mm512_or_si512(third, fourth), _mm512_set1_epi8(static_cast<char>(fault::kSecond)));
    const __m512i faults = _mm512_xor_si512(pairs, second_wanted);
    return _mm512_test_epi8_mask(faults, faults);
}

StringScan ended(StringScan scan, const char* at, StringEnd end) noexcept {
    scan.at = at;
    scan.end = end;
    return scan;
}

}  // namespace

TIERWAY_AVX512 StringScan scan_string_by_avx512(const char* begin, const char* text_end) noexcept {
    StringScan scan;
    const char* at = begin;
    std::uint64_t open = 0;  // A backslash at the end of the block before escapes the first byte of this one.
    bool in_string = false;  // The block before belongs to the string, and no escape was stepped over since.
    std::uint64_t beyond_ascii_before = 0;
    std::uint64_t faults = 0;
    std::uint64_t all_backslashes = 0;
    const __m512i by_lower = in_all_lanes(kEscapableByLower);
    const __m512i by_upper = in_all_lanes(kEscapableByUpper);
    while (at != text_end) {
        const std::ptrdiff_t left = text_end - at;
        std::uint64_t wanted = kAll;
        __m512i bytes;  // NOLINT: set below.
        if (left >= kBlockBytes) [[likely]] {
            bytes = _mm512_loadu_si512(at);
        } else {
            wanted = (std::uint64_t{1} << left) - 1;
            // A space is nothing special.
            bytes = _mm512_mask_loadu_epi8(_mm512_set1_epi8(' '), wanted, at);
        }
        const std::uint64_t backslashes = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\\'));
        const std::uint64_t beyond_ascii = _mm512_movepi8_mask(bytes);
        const std::uint64_t was_open = open;
        const std::uint64_t escaped = escaped_bytes(backslashes, open);
        const std::uint64_t stops = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('"')) |
                                    _mm512_cmplt_epu8_mask(bytes, _mm512_set1_epi8(' '));
        const std::uint64_t unusual = escaped & ~escapable_of(bytes, by_lower, by_upper) & wanted;
        const std::uint64_t looked_at = (stops & ~escaped) | unusual;
        if (looked_at == 0) [[likely]] {
            if (left <= kBlockBytes) {
                // The text ends within the string; how, is said by the slow scan.
                scan.utf8_unchecked = faults != 0 || beyond_ascii_before != 0;
                return scan_on(scan, was_open != 0 ? at - 1 : at, text_end);
            }
            // A sequence that the block before left open ends in its last three bytes.
            if ((beyond_ascii | beyond_ascii_before >> 61U) != 0) {
                faults |= utf8_faults(at, bytes, wanted, in_string);
            }
            all_backslashes |= backslashes;
            beyond_ascii_before = beyond_ascii;
            in_string = true;
            at += kBlockBytes;
            continue;
        }
        const auto first = static_cast<unsigned>(std::countr_zero(looked_at));
        const std::uint64_t passed = (std::uint64_t{2} << first) - 1;
        if ((beyond_ascii | beyond_ascii_before >> 61U) != 0) {
            faults |= utf8_faults(at, bytes, wanted, in_string) & passed;
        }
        all_backslashes |= backslashes & passed;
        scan.has_escapes = all_backslashes != 0;
        scan.utf8_unchecked = faults != 0;
        const char* const here = at + first;
        if (((unusual >> first) & 1U) == 0) {
            return ended(scan, here, *here == '"' ? StringEnd::Quote : StringEnd::Control);
        }
        // A `\u` with its digits, or an escape that is none. The next block begins behind it.
        const std::size_t size = escape_size({here - 1, static_cast<std::size_t>(text_end - (here - 1))});
        if (size == 0) {
            return ended(scan, here - 1, StringEnd::BadEscape);
        }
        open = 0;
        in_string = false;
        beyond_ascii_before = 0;
        at = here - 1 + size;
    }
    return ended(scan, text_end, StringEnd::TextEnd);
}

}  // namespace tierway::wire::detail

#endif
