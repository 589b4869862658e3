#include "wire/string_scan_avx512.hpp"

#if defined(__x86_64__)

// The compiler's own header initialises an undefined vector with itself (GCC bug 105593).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop

#include <algorithm>
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
TIERWAY_AVX512 inline std::uint64_t utf8_faults(const char* at, __m512i bytes, std::uint64_t wanted, bool in_string) noexcept {
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

/// Checks the UTF-8 of whole blocks, each of which follows another of its string. They are collected first and checked many at a
/// time, because which blocks hold more than ASCII is hard to foretell, and a wrong guess costs the processor more than the check.
class DeferredUtf8Check {
public:
    TIERWAY_AVX512 void add_if(bool wanted, const char* block) noexcept {
        blocks_[count_] = block;
        count_ += wanted ? 1 : 0;
        if (count_ == blocks_.size()) [[unlikely]] {
            check();
        }
    }
    void note(std::uint64_t faults) noexcept { faults_ |= faults; }
    /// Whether there has been any fault.
    TIERWAY_AVX512 bool found_faults() noexcept {
        check();
        return faults_ != 0;
    }

private:
    TIERWAY_AVX512 [[gnu::noinline]] void check() noexcept {
        for (std::size_t i = 0; i < count_; ++i) {
            faults_ |= utf8_faults(blocks_[i], _mm512_loadu_si512(blocks_[i]), kAll, true);
        }
        count_ = 0;
    }

    // Few enough for the blocks to be in the first cache still.
    std::array<const char*, 64> blocks_;  // NOLINT: filled up to `count_`.
    std::size_t count_ = 0;
    std::uint64_t faults_ = 0;
};

/// Passes over four blocks at a time that hold nothing but plain bytes and usual escapes, in half the time that it takes to pair
/// backslashes: a byte behind a backslash is taken for escaped, and a backslash there is not passed over. Masks are what limits the
/// exact way (one a cycle), so this one computes with bytes, in which any value but 0 says that something is the matter.
class UsualBlocks {
public:
    /// Moves `at` over the usual blocks there. \returns whether there were any. REQUIRES: the byte before belongs to the string.
    TIERWAY_AVX512 bool pass(const char*& at, const char* text_end, std::uint64_t& open, std::uint64_t& beyond_ascii_before,
                             DeferredUtf8Check& utf8) noexcept {
        if (exact_blocks_ > 0) {
            --exact_blocks_;
            return false;
        }
        if (text_end - at <= kBytes || (at[-1] == '\\') != (open != 0)) {
            return false;
        }
        const char* const begin = at;
        const bool met_unusual = pass_all(at, text_end, beyond_ascii_before, utf8);
        const bool moved = at != begin;
        open = at[-1] == '\\' ? 1 : 0;
        had_escapes_ = had_escapes_ || open != 0;
        if (met_unusual) {
            // Where one block is unusual, more are: text that holds JSON or paths is full of backslashes behind backslashes.
            exact_blocks_next_ = moved ? kBlocks : std::min(2 * exact_blocks_next_, kExactBlocksMax);
            exact_blocks_ = exact_blocks_next_;
        }
        return moved;
    }
    [[nodiscard]] bool had_escapes() const noexcept { return had_escapes_; }

private:
    static constexpr unsigned kBlocks = 4;
    static constexpr std::ptrdiff_t kBytes = kBlocks * kBlockBytes;
    static constexpr unsigned kExactBlocksMax = 16 * kBlocks;
    /// Escapes but `\"`, by the lower half of the byte: at other places stands what no byte with that lower half is.
    static constexpr Table kUsualEscapes{1, 2, 'r', 4, 't', 6, 'f', 8, 9, 10, 11, 12, 13, 14, 'n', '/'};
    static constexpr int kOrOr = 0xFE;      ///< a | b | c, to `_mm512_ternarylogic_epi64`.
    static constexpr int kOrAndNot = 0xF4;  ///< a | (b & ~c).

    /// \returns whether it stopped at an unusual block, or before the text's end.
    TIERWAY_AVX512 bool pass_all(const char*& at, const char* text_end, std::uint64_t& beyond_ascii_before,
                                 DeferredUtf8Check& utf8) noexcept {
        const __m512i usual_escapes = in_all_lanes(kUsualEscapes);
        const __m512i one = _mm512_set1_epi8(1);
        __m512i escapes = _mm512_setzero_si512();
        bool met_unusual = false;
        for (; text_end - at > kBytes; at += kBytes) {
            __m512i odd = _mm512_setzero_si512();
            __m512i escapes_here = _mm512_setzero_si512();
            std::array<std::uint64_t, kBlocks> beyond_ascii;  // NOLINT: written before it is read.
#pragma GCC unroll 4
            for (std::size_t i = 0; i < kBlocks; ++i) {
                const char* const block = at + i * static_cast<std::size_t>(kBlockBytes);
                const __m512i bytes = _mm512_loadu_si512(block);
                const __m512i before = _mm512_loadu_si512(block - 1);
                const __m512i is_escaped = _mm512_subs_epu8(one, _mm512_xor_si512(before, _mm512_set1_epi8('\\')));
                const __m512i no_quote = _mm512_xor_si512(bytes, _mm512_set1_epi8('"'));
                const __m512i is_quote = _mm512_subs_epu8(one, no_quote);
                const __m512i no_escape =
                    _mm512_min_epu8(no_quote, _mm512_xor_si512(bytes, _mm512_shuffle_epi8(usual_escapes, bytes)));
                const __m512i bad_escape = _mm512_min_epu8(is_escaped, no_escape);
                const __m512i control = _mm512_subs_epu8(_mm512_set1_epi8(' '), bytes);
                odd = _mm512_ternarylogic_epi64(odd, bad_escape, control, kOrOr);
                odd = _mm512_ternarylogic_epi64(odd, is_quote, is_escaped, kOrAndNot);
                escapes_here = _mm512_or_si512(escapes_here, is_escaped);
                beyond_ascii[i] = _mm512_movepi8_mask(bytes);
            }
            met_unusual = _mm512_test_epi8_mask(odd, odd) != 0;
            if (met_unusual) [[unlikely]] {
                break;
            }
            escapes = _mm512_or_si512(escapes, escapes_here);
            for (std::size_t i = 0; i < kBlocks; ++i) {
                utf8.add_if((beyond_ascii[i] | beyond_ascii_before >> 61U) != 0, at + i * static_cast<std::size_t>(kBlockBytes));
                beyond_ascii_before = beyond_ascii[i];
            }
        }
        had_escapes_ = had_escapes_ || _mm512_test_epi8_mask(escapes, escapes) != 0;
        return met_unusual;
    }

    unsigned exact_blocks_ = 0;             ///< To be read the exact way before usual ones are expected again, …
    unsigned exact_blocks_next_ = kBlocks;  ///< … more from one disappointment to the next.
    bool had_escapes_ = false;
};

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
    DeferredUtf8Check utf8;
    UsualBlocks usual;
    std::uint64_t all_backslashes = 0;
    const __m512i by_lower = in_all_lanes(kEscapableByLower);
    const __m512i by_upper = in_all_lanes(kEscapableByUpper);
    while (at != text_end) {
        if (in_string && usual.pass(at, text_end, open, beyond_ascii_before, utf8)) [[likely]] {
            continue;
        }
        const std::ptrdiff_t left = text_end - at;
        const std::uint64_t wanted = left >= kBlockBytes ? kAll : (std::uint64_t{1} << left) - 1;
        // A space is nothing special.
        const __m512i bytes = _mm512_mask_loadu_epi8(_mm512_set1_epi8(' '), wanted, at);
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
                scan.utf8_unchecked = utf8.found_faults() || beyond_ascii_before != 0;
                return scan_on(scan, was_open != 0 ? at - 1 : at, text_end);
            }
            // A sequence that the block before left open ends in its last three bytes.
            if ((beyond_ascii | beyond_ascii_before >> 61U) != 0) {
                utf8.note(utf8_faults(at, bytes, wanted, in_string));
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
            utf8.note(utf8_faults(at, bytes, wanted, in_string) & passed);
        }
        all_backslashes |= backslashes & passed;
        scan.has_escapes = all_backslashes != 0 || usual.had_escapes();
        scan.utf8_unchecked = utf8.found_faults();
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
    scan.utf8_unchecked = utf8.found_faults();
    return ended(scan, text_end, StringEnd::TextEnd);
}

}  // namespace tierway::wire::detail

#endif
