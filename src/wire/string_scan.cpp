#include "wire/string_scan.hpp"

#include <bit>
#include <cstddef>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "tierway/base/byte_scan.hpp"
#include "wire/escaped_bytes.hpp"
#include "wire/json_string.hpp"
#include "wire/string_scan_avx512.hpp"

namespace tierway::wire::detail {
namespace {

StringScan ended(StringScan scan, const char* at, StringEnd end) noexcept {
    scan.at = at;
    scan.end = end;
    return scan;
}

#if defined(__x86_64__)

constexpr std::ptrdiff_t kBlockBytes = 64;
constexpr std::ptrdiff_t kShortBlockBytes = 16;
/// Strings that end within so many short blocks are not worth the long ones.
constexpr int kShortBlocks = 2;

const bool kHasAvx2 = __builtin_cpu_supports("avx2") != 0;
const bool kHasAvx512 = __builtin_cpu_supports("avx512bw") != 0 && __builtin_cpu_supports("bmi2") != 0;

__attribute__((target("avx2"))) inline std::uint64_t bits_of(__m256i low, __m256i high) noexcept {
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(low)) |
           static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm256_movemask_epi8(high))) << 32U;
}

__attribute__((target("avx2"))) inline __m256i stops_of(__m256i bytes) noexcept {
    const __m256i controls = _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, _mm256_set1_epi8(0x1F)), bytes);
    return _mm256_or_si256(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('"')), controls);
}

/// 0xFF for each byte that is one of `"\/bfnrt`: looked up by both its halves, with a bit for each upper half that occurs among
/// them (2, 5, 6 and 7).
__attribute__((target("avx2"))) inline __m256i escapable_of(__m256i bytes) noexcept {
    const __m256i by_lower = _mm256_setr_epi8(0, 0, 13, 0, 8, 0, 4, 0, 0, 0, 0, 0, 2, 0, 4, 1,  //
                                              0, 0, 13, 0, 8, 0, 4, 0, 0, 0, 0, 0, 2, 0, 4, 1);
    const __m256i by_upper = _mm256_setr_epi8(0, 0, 1, 0, 0, 2, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0,  //
                                              0, 0, 1, 0, 0, 2, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0);
    const __m256i half = _mm256_set1_epi8(0x0F);
    const __m256i lower = _mm256_shuffle_epi8(by_lower, _mm256_and_si256(bytes, half));
    const __m256i upper = _mm256_shuffle_epi8(by_upper, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half));
    return _mm256_cmpgt_epi8(_mm256_and_si256(lower, upper), _mm256_setzero_si256());
}

__attribute__((target("avx2"))) StringScan scan_blocks(StringScan scan, const char* at, const char* text_end) noexcept {
    std::uint64_t open = 0;
    std::uint64_t all_backslashes = 0;
    __m256i all_bytes = _mm256_setzero_si256();
    const auto note = [&](StringScan & result) __attribute__((target("avx2"))) {
        result.has_escapes |= all_backslashes != 0;
        result.utf8_unchecked |= _mm256_movemask_epi8(all_bytes) != 0;
    };
    while (text_end - at >= kBlockBytes) {
        const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
        const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + kBlockBytes / 2));
        const __m256i backslash = _mm256_set1_epi8('\\');
        const std::uint64_t backslashes = bits_of(_mm256_cmpeq_epi8(low, backslash), _mm256_cmpeq_epi8(high, backslash));
        const std::uint64_t escaped = escaped_bytes(backslashes, open);
        const std::uint64_t stops = bits_of(stops_of(low), stops_of(high)) & ~escaped;
        const std::uint64_t unusual = escaped & ~bits_of(escapable_of(low), escapable_of(high));
        all_bytes = _mm256_or_si256(all_bytes, _mm256_or_si256(low, high));
        const std::uint64_t looked_at = stops | unusual;
        if (looked_at == 0) {
            all_backslashes |= backslashes;
            at += kBlockBytes;
            continue;
        }
        const auto first = static_cast<unsigned>(std::countr_zero(looked_at));
        all_backslashes |= backslashes & ((std::uint64_t{1} << first) - 1);
        const char* const here = at + first;
        if (((unusual >> first) & 1U) == 0) {
            note(scan);
            return ended(scan, here, *here == '"' ? StringEnd::Quote : StringEnd::Control);
        }
        // A `\u` with its digits, or an escape that is none. The next block begins behind it.
        const std::size_t size = escape_size({here - 1, static_cast<std::size_t>(text_end - (here - 1))});
        if (size == 0) {
            note(scan);
            return ended(scan, here - 1, StringEnd::BadEscape);
        }
        scan.has_escapes = true;
        open = 0;
        at = here - 1 + size;
    }
    note(scan);
    return scan_on(scan, open != 0 ? at - 1 : at, text_end);
}

#endif

}  // namespace

StringScan scan_on(StringScan scan, const char* at, const char* text_end) noexcept {
    while (at != text_end) {
        const auto left = static_cast<std::size_t>(text_end - at);
        if (left >= sizeof(std::uint64_t)) {
            const std::uint64_t word = load_word(at);
            if (!any_byte_below(word, 0x20) && !any_byte_equals(word, '"') && !any_byte_equals(word, '\\')) {
                scan.utf8_unchecked = scan.utf8_unchecked || (word & repeat_byte(0x80)) != 0;
                at += sizeof word;
                continue;
            }
        }
        const auto byte = static_cast<unsigned char>(*at);
        if (byte == '"') {
            return ended(scan, at, StringEnd::Quote);
        }
        if (byte < 0x20) {
            return ended(scan, at, StringEnd::Control);
        }
        if (byte != '\\') {
            scan.utf8_unchecked = scan.utf8_unchecked || byte >= 0x80;
            ++at;
            continue;
        }
        const std::size_t size = escape_size({at, left});
        if (size == 0) {
            return ended(scan, at, StringEnd::BadEscape);
        }
        scan.has_escapes = true;
        at += size;
    }
    return ended(scan, text_end, StringEnd::TextEnd);
}

StringScan scan_string_portably(const char* begin, const char* text_end) noexcept {
    return scan_on({}, begin, text_end);
}

StringScan scan_string(const char* begin, const char* text_end) noexcept {
#if defined(__x86_64__)
    if (kHasAvx512) {
        return scan_string_by_avx512(begin, text_end);
    }
    StringScan scan;
    const char* at = begin;
    const __m128i last_control = _mm_set1_epi8(0x1F);
    for (int block = 0; block < kShortBlocks; ++block) {
        if (text_end - at < kShortBlockBytes) {
            return scan_on(scan, at, text_end);
        }
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
        const __m128i special =
            _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))),
                         _mm_cmpeq_epi8(_mm_min_epu8(bytes, last_control), bytes));
        const auto stops = static_cast<unsigned>(_mm_movemask_epi8(special));
        scan.utf8_unchecked |= _mm_movemask_epi8(bytes) != 0;
        if (stops != 0) {
            at += std::countr_zero(stops);
            if (*at == '"') {
                return ended(scan, at, StringEnd::Quote);
            }
            break;
        }
        at += kShortBlockBytes;
    }
    return kHasAvx2 ? scan_blocks(scan, at, text_end) : scan_on(scan, at, text_end);
#else
    return scan_string_portably(begin, text_end);
#endif
}

}  // namespace tierway::wire::detail
