#include "wire/json_string.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "tierway/base/utf8.hpp"

namespace tierway::wire::detail {
namespace {

constexpr std::uint32_t kReplacementCharacter = 0xFFFD;

const char* find_backslash(const char* begin, const char* end) noexcept {
    const void* found = begin == end ? nullptr : std::memchr(begin, '\\', static_cast<std::size_t>(end - begin));
    return found == nullptr ? end : static_cast<const char*>(found);
}

[[maybe_unused]] bool is_continuation(char c) noexcept {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80;
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

/// What stands for itself or for a control character behind a backslash.
constexpr std::array<char, 256> kSimpleEscapes = [] {
    std::array<char, 256> characters{};
    for (std::size_t i = 0; i < characters.size(); ++i) {
        characters[i] = static_cast<char>(i);
    }
    characters['b'] = '\b';
    characters['f'] = '\f';
    characters['n'] = '\n';
    characters['r'] = '\r';
    characters['t'] = '\t';
    return characters;
}();

/// Decodes the checked escape at `at` (its backslash) and moves `at` behind it.
Utf8 decode_escape(const char*& at, const char* end) noexcept {
    const char kind = at[1];
    if (kind != 'u') {
        at += 2;
        return {{kSimpleEscapes[static_cast<unsigned char>(kind)]}, 1};
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

/// Does most of `append_unescaped`: as long as there are whole blocks to read and room for them, so that a block can be copied
/// before it is known how much of it is plain. Stops at the beginning of a character.
void append_blocks_unescaped(std::string& out, const char*& at, const char* end, std::size_t& room) {
#if defined(__SSE2__)
    constexpr std::ptrdiff_t kBlockBytes = 16;
    const std::size_t size = out.size();
    out.resize(size + std::min(room, static_cast<std::size_t>(end - at)));
    char* to = out.data() + size;
    const char* const to_end = out.data() + out.size();
    while (end - at >= kBlockBytes && to_end - to >= kBlockBytes) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
        const auto backslashes = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))));
        if (backslashes == 0) {
            at += kBlockBytes;
            to += kBlockBytes;
            continue;
        }
        const int plain = std::countr_zero(backslashes);
        at += plain;
        to += plain;
        if (to_end - to < static_cast<std::ptrdiff_t>(Utf8().bytes.size())) {
            break;
        }
        const Utf8 character = decode_escape(at, end);
        std::memcpy(to, character.bytes.data(), character.bytes.size());
        to += character.size;
    }
    while (to != out.data() + size && at != end && is_continuation(*at)) {
        --at;
        --to;
    }
    const auto written = static_cast<std::size_t>(to - out.data()) - size;
    out.resize(size + written);
    room -= written;
#else
    static_cast<void>(out);
    static_cast<void>(at);
    static_cast<void>(end);
    static_cast<void>(room);
#endif
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
    // An escape is never shorter than what it stands for.
    append_unescaped(out, body, body.size());
}

void append_unescaped(std::string& out, std::string_view body, std::size_t bytes_max) {
    const char* at = body.data();
    const char* const end = at + body.size();
    std::size_t room = bytes_max;
    append_blocks_unescaped(out, at, end, room);
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
