#include "tierway/base/utf8.hpp"

namespace tierway {

Utf8 encode_utf8(std::uint32_t code_point) noexcept {
    const auto continuation = [code_point](unsigned shift) { return static_cast<char>(0x80U | ((code_point >> shift) & 0x3FU)); };
    if (code_point < 0x80) {
        return {{static_cast<char>(code_point)}, 1};
    }
    if (code_point < 0x800) {
        return {{static_cast<char>(0xC0U | (code_point >> 6U)), continuation(0)}, 2};
    }
    if (code_point < 0x10000) {
        return {{static_cast<char>(0xE0U | (code_point >> 12U)), continuation(6), continuation(0)}, 3};
    }
    return {{static_cast<char>(0xF0U | (code_point >> 18U)), continuation(12), continuation(6), continuation(0)}, 4};
}

Utf8Sequence leading_sequence(std::string_view text) noexcept {
    const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80) {
        return {1, true};
    }
    if (lead < 0xC2 || lead > 0xF4) {
        return {1, false};
    }
    const std::size_t size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    // The second byte's range shuts out overlong forms, surrogates and code points above U+10FFFF.
    const unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    for (std::size_t i = 1; i < size; ++i) {
        const bool in_range = i < text.size() && byte(i) >= (i == 1 ? low : 0x80) && byte(i) <= (i == 1 ? high : 0xBF);
        if (!in_range) {
            return {i, false};
        }
    }
    return {size, true};
}

std::size_t utf8_cut(std::string_view text, std::size_t bytes_max) noexcept {
    if (text.size() <= bytes_max) {
        return text.size();
    }
    std::size_t cut = bytes_max;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80) {
        --cut;
    }
    return cut;
}

}  // namespace tierway
