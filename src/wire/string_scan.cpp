#include "wire/string_scan.hpp"

#include <bit>
#include <cstddef>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "tierway/base/byte_scan.hpp"
#include "wire/json_string.hpp"

namespace tierway::wire::detail {
namespace {

StringScan ended(StringScan scan, const char* at, StringEnd end) noexcept {
    scan.at = at;
    scan.end = end;
    return scan;
}

/// Goes on with a scan at `at`, which may be anywhere but inside an escape.
StringScan scan_on(StringScan scan, const char* at, const char* text_end) noexcept {
    while (at != text_end) {
        const auto left = static_cast<std::size_t>(text_end - at);
        if (left >= sizeof(std::uint64_t)) {
            const std::uint64_t word = load_word(at);
            if (!any_byte_below(word, 0x20) && !any_byte_equals(word, '"') && !any_byte_equals(word, '\\')) {
                scan.non_ascii = scan.non_ascii || (word & repeat_byte(0x80)) != 0;
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
            scan.non_ascii = scan.non_ascii || byte >= 0x80;
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

#if defined(__x86_64__)

constexpr std::ptrdiff_t kBlockBytes = 64;
constexpr std::ptrdiff_t kShortBlockBytes = 16;
/// Strings that end within so many short blocks are not worth the long ones.
constexpr int kShortBlocks = 2;

const bool kHasAvx2 = __builtin_cpu_supports("avx2") != 0;

/// The bytes of a block that stand behind a backslash which is not itself escaped; escaped backslashes are left out, because they
/// are always right. Backslashes of a run pair up from its start, so a run of odd length escapes the byte behind it (Langdale and
/// Lemire, "Parsing Gigabytes of JSON per Second", 2019, section 3.1.1).
/// \param open whether the block before ended in such a backslash; updated for the next.
std::uint64_t escaped_bytes(std::uint64_t backslashes, bool& open) noexcept {
    constexpr std::uint64_t kEven = 0x5555555555555555U;
    const std::uint64_t first = open ? 1U : 0U;
    const std::uint64_t escaped_first = first & ~backslashes;
    backslashes &= ~first;
    open = std::countl_one(backslashes) % 2 == 1;
    const std::uint64_t starts = backslashes & ~(backslashes << 1U);
    // Adding its start to a run carries one bit to just behind its end.
    const std::uint64_t behind_even_start = (backslashes + (starts & kEven)) & ~backslashes;
    const std::uint64_t behind_odd_start = (backslashes + (starts & ~kEven)) & ~backslashes;
    return (behind_even_start & ~kEven) | (behind_odd_start & kEven) | escaped_first;
}

bool four_hex_digits(const char* at, const char* text_end) noexcept {
    // The escape's size, as seen from its backslash, which lies two bytes before its digits.
    return escape_size({at - 2, static_cast<std::size_t>(text_end - (at - 2))}) != 0;
}

struct BlockMasks {
    std::uint64_t quotes;
    std::uint64_t backslashes;
    std::uint64_t controls;
    std::uint64_t escapable;  ///< Bytes that may stand behind a backslash.
    std::uint64_t u;
    bool non_ascii;
};

__attribute__((target("avx2"))) inline std::uint64_t bits_of(__m256i low, __m256i high) noexcept {
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(low)) |
           static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm256_movemask_epi8(high))) << 32U;
}

/// 0xFF for each byte that is one of `"\/bfnrtu`: looked up by both its halves, with a bit for each upper half that occurs among
/// them (2, 5, 6 and 7).
__attribute__((target("avx2"))) inline __m256i escapable_bytes(__m256i bytes) noexcept {
    const __m256i by_lower = _mm256_setr_epi8(0, 0, 13, 0, 8, 8, 4, 0, 0, 0, 0, 0, 2, 0, 4, 1,  //
                                              0, 0, 13, 0, 8, 8, 4, 0, 0, 0, 0, 0, 2, 0, 4, 1);
    const __m256i by_upper = _mm256_setr_epi8(0, 0, 1, 0, 0, 2, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0,  //
                                              0, 0, 1, 0, 0, 2, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0);
    const __m256i half = _mm256_set1_epi8(0x0F);
    const __m256i lower = _mm256_shuffle_epi8(by_lower, _mm256_and_si256(bytes, half));
    const __m256i upper = _mm256_shuffle_epi8(by_upper, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half));
    return _mm256_cmpgt_epi8(_mm256_and_si256(lower, upper), _mm256_setzero_si256());
}

__attribute__((target("avx2"))) inline BlockMasks masks_of(const char* block) noexcept {
    const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(block));
    const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(block + kBlockBytes / 2));
    const __m256i quote = _mm256_set1_epi8('"');
    const __m256i backslash = _mm256_set1_epi8('\\');
    const __m256i last_control = _mm256_set1_epi8(0x1F);
    const __m256i u = _mm256_set1_epi8('u');
    return {.quotes = bits_of(_mm256_cmpeq_epi8(low, quote), _mm256_cmpeq_epi8(high, quote)),
            .backslashes = bits_of(_mm256_cmpeq_epi8(low, backslash), _mm256_cmpeq_epi8(high, backslash)),
            .controls = bits_of(_mm256_cmpeq_epi8(_mm256_min_epu8(low, last_control), low),
                                _mm256_cmpeq_epi8(_mm256_min_epu8(high, last_control), high)),
            .escapable = bits_of(escapable_bytes(low), escapable_bytes(high)),
            .u = bits_of(_mm256_cmpeq_epi8(low, u), _mm256_cmpeq_epi8(high, u)),
            .non_ascii = _mm256_movemask_epi8(_mm256_or_si256(low, high)) != 0};
}

__attribute__((target("avx2"))) StringScan scan_blocks(StringScan scan, const char* at, const char* text_end) noexcept {
    bool open = false;
    for (; text_end - at >= kBlockBytes; at += kBlockBytes) {
        const BlockMasks masks = masks_of(at);
        const std::uint64_t escaped = escaped_bytes(masks.backslashes, open);
        scan.non_ascii |= masks.non_ascii;
        const std::uint64_t ends = (masks.quotes & ~escaped) | masks.controls | (escaped & ~masks.escapable);
        const std::uint64_t before_end = (ends & (0 - ends)) - 1;
        scan.has_escapes |= (masks.backslashes & before_end) != 0;
        for (std::uint64_t unicode = escaped & masks.u & before_end; unicode != 0; unicode &= unicode - 1) {
            const char* const digits = at + std::countr_zero(unicode) + 1;
            if (!four_hex_digits(digits, text_end)) {
                return ended(scan, digits - 2, StringEnd::BadEscape);
            }
        }
        if (ends != 0) {
            const char* const end = at + std::countr_zero(ends);
            if ((escaped & (0 - ends) & ends) != 0) {
                return ended(scan, end - 1, StringEnd::BadEscape);
            }
            return ended(scan, end, *end == '"' ? StringEnd::Quote : StringEnd::Control);
        }
    }
    return scan_on(scan, open ? at - 1 : at, text_end);
}

#endif

}  // namespace

StringScan scan_string_portably(const char* begin, const char* text_end) noexcept {
    return scan_on({}, begin, text_end);
}

StringScan scan_string(const char* begin, const char* text_end) noexcept {
#if defined(__x86_64__)
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
        scan.non_ascii |= _mm_movemask_epi8(bytes) != 0;
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
