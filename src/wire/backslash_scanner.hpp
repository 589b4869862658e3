#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "tierway/base/byte_scan.hpp"

namespace tierway::wire::detail {

/// Walks the backslashes of a text in order. One pass over the whole text replaces a search in each of its strings, of which
/// most are short and hold none.
class BackslashScanner {
public:
    explicit BackslashScanner(std::string_view text) noexcept
        : text_(text.data()), size_(static_cast<std::uint32_t>(text.size())) {
        load_block();
        settle();
    }

    /// The offset of the current backslash, or the text's size behind the last.
    [[nodiscard]] std::uint32_t position() const noexcept { return position_; }

    /// REQUIRES: there is a current backslash.
    void advance() noexcept {
        mask_ &= mask_ - 1;
        settle();
    }

private:
    static constexpr std::uint32_t kBlockBytes = 64;

    void settle() noexcept {
        while (mask_ == 0) {
            if (size_ - base_ <= kBlockBytes) {
                position_ = size_;
                return;
            }
            base_ += kBlockBytes;
            load_block();
        }
        position_ = base_ + static_cast<std::uint32_t>(std::countr_zero(mask_));
    }

    void load_block() noexcept {
        const std::uint32_t left = size_ - base_;
        if (left >= kBlockBytes) {
            mask_ = block_mask(text_ + base_);
            return;
        }
        char last[kBlockBytes] = {};
        std::memcpy(last, text_ + base_, left);
        mask_ = block_mask(last);
    }

    static std::uint64_t block_mask(const char* block) noexcept {
#if defined(__SSE2__)
        const __m128i wanted = _mm_set1_epi8('\\');
        const auto compare = [block, wanted](int part) {
            return _mm_cmpeq_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(block) + part), wanted);
        };
        const __m128i a = compare(0);
        const __m128i b = compare(1);
        const __m128i c = compare(2);
        const __m128i d = compare(3);
        if (_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d))) == 0) {
            return 0;
        }
        const auto bits = [](__m128i part) { return static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(part))); };
        return bits(a) | bits(b) << 16U | bits(c) << 32U | bits(d) << 48U;
#else
        std::uint64_t mask = 0;
        for (unsigned part = 0; part < kBlockBytes; part += 8) {
            if (any_byte_equals(load_word(block + part), '\\')) {
                for (unsigned i = part; i < part + 8; ++i) {
                    mask |= std::uint64_t{block[i] == '\\'} << i;
                }
            }
        }
        return mask;
#endif
    }

    const char* text_;
    std::uint32_t size_;
    std::uint32_t base_ = 0;
    std::uint32_t position_ = 0;
    std::uint64_t mask_ = 0;
};

}  // namespace tierway::wire::detail
