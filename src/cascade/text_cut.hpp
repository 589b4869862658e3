#pragma once

#include <cstddef>
#include <string_view>

namespace tierway::cascade {

/// The longest prefix of `text` of at most `bytes_max` bytes that ends between two UTF-8 characters.
constexpr std::string_view cut_utf8(std::string_view text, std::size_t bytes_max) noexcept {
    if (text.size() <= bytes_max) {
        return text;
    }
    while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xc0U) == 0x80U) {
        --bytes_max;
    }
    return text.substr(0, bytes_max);
}

/// Whether the text is nothing but white space of JSON.
constexpr bool is_blank(std::string_view text) noexcept {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace tierway::cascade
