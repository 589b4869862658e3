#include "tierway/base/json_text.hpp"

#include <cstdint>

#include "tierway/base/byte_scan.hpp"
#include "tierway/base/utf8.hpp"

namespace tierway {
namespace {

constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";

bool is_plain(char c) noexcept {
    return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x80 && c != '"' && c != '\\';
}

/// Whether none of eight bytes is beyond ASCII or needs an escape. One of those has its upper bit set in one of the four terms, the
/// lowest of them without a borrow from another.
bool is_plain(std::uint64_t word) noexcept {
    const std::uint64_t below_space = word - repeat_byte(0x20);
    const std::uint64_t quote = (word ^ repeat_byte('"')) - repeat_byte(1);
    const std::uint64_t backslash = (word ^ repeat_byte('\\')) - repeat_byte(1);
    return ((word | below_space | quote | backslash) & repeat_byte(0x80)) == 0;
}

/// The length of the longest start of `text` that is ASCII and needs no escape.
std::size_t plain_run(std::string_view text) noexcept {
    constexpr std::size_t kWordBytes = sizeof(std::uint64_t);
    std::size_t at = 0;
    while (at + kWordBytes <= text.size() && is_plain(load_word(text.data() + at))) {
        at += kWordBytes;
    }
    if (at + kWordBytes > text.size() && text.size() >= kWordBytes && is_plain(load_word(text.data() + text.size() - kWordBytes))) {
        // The last word overlaps the one before, so that no end is left over.
        return text.size();
    }
    while (at < text.size() && is_plain(text[at])) {
        ++at;
    }
    return at;
}

void append_escape(std::string& out, char c) {
    constexpr std::string_view kHex = "0123456789abcdef";
    switch (c) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\b':
            out += "\\b";
            return;
        case '\f':
            out += "\\f";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\r':
            out += "\\r";
            return;
        case '\t':
            out += "\\t";
            return;
        default:
            out += "\\u00";
            out += kHex[static_cast<unsigned char>(c) >> 4U];
            out += kHex[static_cast<unsigned char>(c) & 15U];
    }
}

}  // namespace

bool is_plain_json_text(std::string_view text) noexcept {
    return plain_run(text) == text.size();
}

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    while (!text.empty()) {
        const std::size_t run = plain_run(text);
        out.append(text, 0, run);
        text.remove_prefix(run);
        if (text.empty()) {
            break;
        }
        if (static_cast<unsigned char>(text.front()) < 0x80) {
            append_escape(out, text.front());
            text.remove_prefix(1);
            continue;
        }
        const Utf8Sequence sequence = leading_sequence(text);
        out.append(sequence.valid ? text.substr(0, sequence.size) : kReplacementCharacter);
        text.remove_prefix(sequence.size);
    }
    out += '"';
}

}  // namespace tierway
