#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace tierway {

/// Eight bytes at once. The zero-byte test `(x - 0x01…) & ~x & 0x80…` is exact as to whether any byte is zero, and so are the
/// tests built on it; which byte it was is not asked.
constexpr std::uint64_t repeat_byte(std::uint8_t byte) noexcept {
    return 0x0101010101010101U * byte;
}

constexpr bool any_byte_below(std::uint64_t word, std::uint8_t bound) noexcept {
    return ((word - repeat_byte(bound)) & ~word & repeat_byte(0x80)) != 0;
}

constexpr bool any_byte_equals(std::uint64_t word, std::uint8_t byte) noexcept {
    return any_byte_below(word ^ repeat_byte(byte), 1);
}

/// REQUIRES: eight readable bytes.
inline std::uint64_t load_word(const char* bytes) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    return word;
}

/// Whether `text` holds an ASCII control character (below 0x20, or 0x7F).
inline bool has_control(std::string_view text) noexcept {
    constexpr std::size_t kWordBytes = sizeof(std::uint64_t);
    if (text.size() >= kWordBytes) {
        // The last word overlaps the one before, so that no end is left over.
        const char* const last = text.data() + text.size() - kWordBytes;
        for (const char* at = text.data();; at = last - at > static_cast<std::ptrdiff_t>(kWordBytes) ? at + kWordBytes : last) {
            const std::uint64_t word = load_word(at);
            if (any_byte_below(word, 0x20) || any_byte_equals(word, 0x7F)) {
                return true;
            }
            if (at == last) {
                return false;
            }
        }
    }
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
            return true;
        }
    }
    return false;
}

}  // namespace tierway
