#include "config/literal_search.hpp"

#include <algorithm>
#include <bit>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "tierway/base/assert.hpp"

namespace tierway::config {
namespace {

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

char upper(char c) noexcept {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

bool starts_with_ignoring_case(std::string_view text, std::string_view literal) noexcept {
    return text.size() >= literal.size() &&
           std::equal(literal.begin(), literal.end(), text.begin(), [](char wanted, char c) { return wanted == lower(c); });
}

#if defined(__x86_64__)
constexpr std::size_t kBlockBytes = 32;
/// Each place of a block is looked at with the bytes behind it.
constexpr std::size_t kSearchedBytesMin = kBlockBytes + LiteralSearch::kLiteralBytesMin - 1;
const bool kHasAvx2 = __builtin_cpu_supports("avx2") != 0;

__attribute__((target("avx2"))) inline __m256i in_both_lanes(const std::array<std::uint8_t, 16>& table) noexcept {
    return _mm256_broadcastsi128_si256(_mm_load_si128(reinterpret_cast<const __m128i*>(table.data())));
}

/// For each byte of the block, what the tables have in common for its two halves.
__attribute__((target("avx2"))) inline __m256i look_up(const char* block, __m256i by_lower, __m256i by_upper) noexcept {
    const __m256i half = _mm256_set1_epi8(0x0F);
    const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(block));
    return _mm256_and_si256(_mm256_shuffle_epi8(by_lower, _mm256_and_si256(bytes, half)),
                            _mm256_shuffle_epi8(by_upper, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half)));
}
#endif

}  // namespace

LiteralSearch::LiteralSearch(std::vector<std::string> texts) {
    std::vector<Literal> literals;
    for (std::string& text : texts) {
        literals.push_back({std::move(text), static_cast<int>(literals.size())});
    }
    // Neighbours in order share their beginnings, and so a bucket that is hit less often.
    std::sort(literals.begin(), literals.end(), [](const Literal& a, const Literal& b) { return a.text < b.text; });
    for (std::size_t i = 0; i < literals.size(); ++i) {
        TIERWAY_ASSERT(literals[i].text.size() >= kLiteralBytesMin);
        const std::size_t bucket = i * kBuckets / literals.size();
        const auto bit = static_cast<std::uint8_t>(1U << bucket);
        for (std::size_t position = 0; position < kLiteralBytesMin; ++position) {
            for (const char c : {lower(literals[i].text[position]), upper(literals[i].text[position])}) {
                const auto byte = static_cast<unsigned char>(c);
                halves_[position].lower[byte & 15U] |= bit;
                halves_[position].upper[byte >> 4U] |= bit;
            }
        }
        literals_[bucket].push_back(std::move(literals[i]));
    }
}

std::uint8_t LiteralSearch::buckets_at(const char* at) const noexcept {
    unsigned buckets = 0xFF;
    for (std::size_t position = 0; position < kLiteralBytesMin; ++position) {
        const auto byte = static_cast<unsigned char>(at[position]);
        buckets &= static_cast<unsigned>(halves_[position].lower[byte & 15U] & halves_[position].upper[byte >> 4U]);
    }
    return static_cast<std::uint8_t>(buckets);
}

void LiteralSearch::add_found(std::string_view rest, unsigned buckets, std::vector<int>& found) const {
    for (; buckets != 0; buckets &= buckets - 1) {
        for (const Literal& literal : literals_[static_cast<std::size_t>(std::countr_zero(buckets))]) {
            if (starts_with_ignoring_case(rest, literal.text) &&
                std::find(found.begin(), found.end(), literal.position) == found.end()) {
                found.push_back(literal.position);
            }
        }
    }
}

void LiteralSearch::add_found_bytewise(std::string_view text, std::vector<int>& found) const {
    for (; text.size() >= kLiteralBytesMin; text.remove_prefix(1)) {
        add_found(text, buckets_at(text.data()), found);
    }
}

std::vector<int> LiteralSearch::find_portably_in(std::string_view text) const {
    std::vector<int> found;
    add_found_bytewise(text, found);
    return found;
}

#if defined(__x86_64__)

__attribute__((target("avx2"))) void LiteralSearch::add_found_in_blocks(std::string_view text, std::vector<int>& found) const {
    const __m256i lower0 = in_both_lanes(halves_[0].lower);
    const __m256i upper0 = in_both_lanes(halves_[0].upper);
    const __m256i lower1 = in_both_lanes(halves_[1].lower);
    const __m256i upper1 = in_both_lanes(halves_[1].upper);
    const __m256i lower2 = in_both_lanes(halves_[2].lower);
    const __m256i upper2 = in_both_lanes(halves_[2].upper);
    const std::size_t last = text.size() - kSearchedBytesMin;
    std::size_t at = 0;
    while (true) {
        const char* const block = text.data() + at;
        const __m256i buckets =
            _mm256_and_si256(_mm256_and_si256(look_up(block, lower0, upper0), look_up(block + 1, lower1, upper1)),
                             look_up(block + 2, lower2, upper2));
        auto candidates = ~static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(buckets, _mm256_setzero_si256())));
        for (; candidates != 0; candidates &= candidates - 1) {
            const std::size_t position = at + static_cast<std::size_t>(std::countr_zero(candidates));
            add_found(text.substr(position), buckets_at(text.data() + position), found);
        }
        if (at == last) {
            return;
        }
        // The last block overlaps the one before, so that no end is left over.
        at = std::min(at + kBlockBytes, last);
    }
}

#endif

std::vector<int> LiteralSearch::find_in(std::string_view text) const {
#if defined(__x86_64__)
    if (kHasAvx2 && text.size() >= kSearchedBytesMin) {
        std::vector<int> found;
        add_found_in_blocks(text, found);
        return found;
    }
#endif
    return find_portably_in(text);
}

}  // namespace tierway::config
