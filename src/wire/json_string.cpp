#include "wire/json_string.hpp"

#include <cstdint>
#include <cstring>

#include "tierway/base/utf8.hpp"

namespace tierway::wire::detail {
namespace {

constexpr std::uint32_t kReplacementCharacter = 0xFFFD;

const char* find_backslash(const char* begin, const char* end) noexcept {
    const void* found = begin == end ? nullptr : std::memchr(begin, '\\', static_cast<std::size_t>(end - begin));
    return found == nullptr ? end : static_cast<const char*>(found);
}

bool is_hex_digit(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

std::uint32_t hex_value(char c) noexcept {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= '9' ? byte - std::uint32_t{'0'} : (byte | 0x20U) - std::uint32_t{'a'} + 10;
}

std::uint32_t code_unit(const char* digits) noexcept {
    return hex_value(digits[0]) << 12U | hex_value(digits[1]) << 8U | hex_value(digits[2]) << 4U | hex_value(digits[3]);
}

char simple_escape(char c) noexcept {
    switch (c) {
        case 'b':
            return '\b';
        case 'f':
            return '\f';
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        default:
            return c;
    }
}

/// Decodes the checked escape at `at` (its backslash) and moves `at` behind it.
Utf8 decode_escape(const char*& at, const char* end) noexcept {
    const char kind = at[1];
    if (kind != 'u') {
        at += 2;
        return {{simple_escape(kind)}, 1};
    }
    const std::uint32_t first = code_unit(at + 2);
    at += 6;
    if (first < 0xD800 || first > 0xDFFF) {
        return encode_utf8(first);
    }
    if (first < 0xDC00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
        const std::uint32_t second = code_unit(at + 2);
        if (second >= 0xDC00 && second <= 0xDFFF) {
            at += 6;
            return encode_utf8(0x10000 + ((first - 0xD800) << 10U) + (second - 0xDC00));
        }
    }
    return encode_utf8(kReplacementCharacter);
}

}  // namespace

std::size_t escape_size(std::string_view text) noexcept {
    switch (text.size() < 2 ? '\0' : text[1]) {
        case '"':
        case '\\':
        case '/':
        case 'b':
        case 'f':
        case 'n':
        case 'r':
        case 't':
            return 2;
        case 'u': {
            constexpr std::size_t kSize = 6;
            const bool complete = text.size() >= kSize && is_hex_digit(text[2]) && is_hex_digit(text[3]) &&
                                  is_hex_digit(text[4]) && is_hex_digit(text[5]);
            return complete ? kSize : 0;
        }
        default:
            return 0;
    }
}

void append_unescaped(std::string& out, std::string_view body) {
    const char* at = body.data();
    const char* const end = at + body.size();
    while (at != end) {
        const char* const escape = find_backslash(at, end);
        out.append(at, escape);
        at = escape;
        while (at != end && *at == '\\') {
            out.append(decode_escape(at, end).view());
        }
    }
}

void append_unescaped(std::string& out, std::string_view body, std::size_t bytes_max) {
    const char* at = body.data();
    const char* const end = at + body.size();
    std::size_t room = bytes_max;
    while (at != end) {
        const auto left = static_cast<std::size_t>(end - at);
        const char* const run_end = find_backslash(at, at + (left < room ? left : room));
        const auto run = static_cast<std::size_t>(run_end - at);
        if (run == room && run < left) {
            // The room ends inside or just behind a run of plain bytes; an escape at that very place does not fit either.
            out.append(at, utf8_cut({at, left}, room));
            return;
        }
        out.append(at, run);
        room -= run;
        at = run_end;
        if (at == end) {
            return;
        }
        const Utf8 character = decode_escape(at, end);
        if (character.size > room) {
            return;
        }
        out.append(character.view());
        room -= character.size;
    }
}

bool unescaped_equals(std::string_view body, std::string_view text) noexcept {
    const char* at = body.data();
    const char* const end = at + body.size();
    while (at != end) {
        Utf8 character;
        std::string_view piece;
        if (*at == '\\') {
            character = decode_escape(at, end);
            piece = character.view();
        } else {
            const char* const run_end = find_backslash(at, end);
            piece = {at, static_cast<std::size_t>(run_end - at)};
            at = run_end;
        }
        if (!text.starts_with(piece)) {
            return false;
        }
        text.remove_prefix(piece.size());
    }
    return text.empty();
}

}  // namespace tierway::wire::detail
