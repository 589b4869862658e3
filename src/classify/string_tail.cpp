#include "classify/string_tail.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>

namespace tierway::classify {
namespace {

constexpr std::uint32_t kReplacement = 0xFFFD;
constexpr std::size_t kUnicodeEscapeBytes = 6;

void append_utf8(std::uint32_t code, std::string& out) {
    const auto byte = [&out](std::uint32_t bits) { out.push_back(static_cast<char>(static_cast<unsigned char>(bits))); };
    if (code < 0x80) {
        byte(code);
    } else if (code < 0x800) {
        byte(0xC0U | code >> 6U);
        byte(0x80U | (code & 0x3FU));
    } else if (code < 0x10000) {
        byte(0xE0U | code >> 12U);
        byte(0x80U | (code >> 6U & 0x3FU));
        byte(0x80U | (code & 0x3FU));
    } else {
        byte(0xF0U | code >> 18U);
        byte(0x80U | (code >> 12U & 0x3FU));
        byte(0x80U | (code >> 6U & 0x3FU));
        byte(0x80U | (code & 0x3FU));
    }
}

// The code unit of a `\uXXXX` at the start of `text`; U+FFFD when there is none.
std::uint32_t unicode_escape(std::string_view text) noexcept {
    std::uint32_t unit = kReplacement;
    if (text.size() >= kUnicodeEscapeBytes && text[0] == '\\' && text[1] == 'u') {
        std::from_chars(text.data() + 2, text.data() + kUnicodeEscapeBytes, unit, 16);
    }
    return unit;
}

// Appends the character of the `\uXXXX` at the start of `text`, with its other half when it is a surrogate pair; returns its
// size.
std::size_t append_unicode_escape(std::string_view text, std::string& out) {
    const std::uint32_t unit = unicode_escape(text);
    if (unit >= 0xD800 && unit < 0xDC00) {
        const std::uint32_t low =
            text.size() > kUnicodeEscapeBytes ? unicode_escape(text.substr(kUnicodeEscapeBytes)) : kReplacement;
        if (low >= 0xDC00 && low < 0xE000) {
            append_utf8(0x10000U + ((unit - 0xD800U) << 10U) + (low - 0xDC00U), out);
            return 2 * kUnicodeEscapeBytes;
        }
    }
    append_utf8(unit >= 0xD800 && unit < 0xE000 ? kReplacement : unit, out);
    return kUnicodeEscapeBytes;
}

// Where a unit of text surely begins: at a backslash that follows none, and at the first byte of a character when no escape can
// reach it because none began in the five bytes before. Elsewhere it cannot be told without reading the string from its start.
std::size_t first_sure_start(std::string_view text, std::size_t from) noexcept {
    std::size_t plain = 0;
    for (std::size_t i = from - std::min(from, kUnicodeEscapeBytes); i < text.size(); ++i) {
        const bool backslash = text[i] == '\\';
        if (i >= from && ((backslash && text[i - 1] != '\\') ||
                          (plain >= kUnicodeEscapeBytes - 1 && (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U))) {
            return i;
        }
        plain = backslash ? 0 : plain + 1;
    }
    return text.size();
}

// The first half of a pair was cut off with what lies before.
bool begins_with_half_a_pair(std::string_view text) noexcept {
    const std::uint32_t unit = unicode_escape(text);
    return unit >= 0xDC00 && unit < 0xE000;
}

char simple_escape(char letter) noexcept {
    switch (letter) {
        case 'n':
            return '\n';
        case 't':
            return '\t';
        case 'r':
            return '\r';
        case 'b':
            return '\b';
        case 'f':
            return '\f';
        default:
            return letter;
    }
}

}  // namespace

void append_string_tail(const wire::JsonValue& value, std::size_t raw_bytes_max, std::string& out) {
    std::string_view text = value.raw();
    if (!value.is_string() || text.size() < 2) {
        return;
    }
    text = text.substr(1, text.size() - 2);
    if (text.size() > raw_bytes_max) {
        text.remove_prefix(first_sure_start(text, text.size() - raw_bytes_max));
        text.remove_prefix(begins_with_half_a_pair(text) ? kUnicodeEscapeBytes : 0);
    }
    while (!text.empty()) {
        const std::size_t plain = std::min(text.find('\\'), text.size());
        out.append(text.substr(0, plain));
        text.remove_prefix(plain);
        if (text.size() < 2) {
            return;
        }
        if (text[1] == 'u') {
            text.remove_prefix(std::min(append_unicode_escape(text, out), text.size()));
        } else {
            out.push_back(simple_escape(text[1]));
            text.remove_prefix(2);
        }
    }
}

}  // namespace tierway::classify
