#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tierway {

/// One code point in UTF-8.
struct Utf8 {
    std::array<char, 4> bytes{};
    std::size_t size = 0;

    [[nodiscard]] std::string_view view() const noexcept { return {bytes.data(), size}; }
};

/// REQUIRES: a Unicode scalar value.
Utf8 encode_utf8(std::uint32_t code_point) noexcept;

/// What the bytes at the start of a text are.
struct Utf8Sequence {
    std::size_t size = 0;  ///< Of the sequence, or of the longest part of one that could have been valid (at least 1).
    bool valid = false;
};

/// REQUIRES: `text` is not empty. Well-formedness is table 3-7 of the Unicode Standard.
Utf8Sequence leading_sequence(std::string_view text) noexcept;

/// The largest size not above `bytes_max` at which valid UTF-8 can be cut without breaking a character.
std::size_t utf8_cut(std::string_view text, std::size_t bytes_max) noexcept;

}  // namespace tierway
