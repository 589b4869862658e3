#include "cascade/answer_field.hpp"

#include <cstddef>
#include <cstdint>

#include "tierway/base/utf8.hpp"

namespace tierway::cascade {
namespace {

constexpr std::size_t npos = std::string_view::npos;
constexpr std::string_view kBlanks = " \t\r\n";

std::size_t skip_blanks(std::string_view text, std::size_t at) noexcept {
    const std::size_t next = text.find_first_not_of(kBlanks, at);
    return next == npos ? text.size() : next;
}

/// Where the value of the last member of that name begins; npos: there is none.
std::size_t value_of_last(std::string_view text, std::string_view field) {
    std::string key;
    key.reserve(field.size() + 2);
    key.append("\"").append(field).append("\"");
    for (std::size_t at = text.rfind(key); at != npos; at = at == 0 ? npos : text.rfind(key, at - 1)) {
        // Blanks between a key and its colon are few: a bound keeps many keys without a colon from being walked over each time.
        const std::size_t colon = skip_blanks(text.substr(0, at + key.size() + 16), at + key.size());
        if (colon < text.size() && text[colon] == ':') {
            return skip_blanks(text, colon + 1);
        }
    }
    return npos;
}

/// Whether the quote at `at` ends a member's string: the object closes after it, another member follows, or the text is over.
/// Looks at no more than `kAhead` bytes, so that a text full of quotes stays linear.
bool ends_string(std::string_view text, std::size_t at) noexcept {
    constexpr std::size_t kAhead = 96;
    const std::string_view ahead = text.substr(at + 1, kAhead);
    std::size_t next = skip_blanks(ahead, 0);
    if (next == ahead.size()) {
        return at + 1 + next == text.size();
    }
    if (ahead[next] == '}') {
        // The brace of the object, not one of a literal within the string: nothing but a fence or another brace follows directly.
        const std::size_t after = next + 1;
        return after == ahead.size() || (ahead[after] != '"' && ahead[after] != '\'' && ahead[after] != ',');
    }
    if (ahead[next] != ',') {
        return false;
    }
    next = skip_blanks(ahead, next + 1);
    if (next < ahead.size() && ahead[next] == '}') {
        return true;
    }
    if (next >= ahead.size() || ahead[next] != '"') {
        return false;
    }
    const std::size_t key_end = ahead.find('"', next + 1);
    if (key_end == npos) {
        return false;
    }
    next = skip_blanks(ahead, key_end + 1);
    return next < ahead.size() && ahead[next] == ':';
}

int hex_value(char digit) noexcept {
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    const char lower = static_cast<char>(digit | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// The code unit of `\uXXXX` at `at`, or −1.
int code_unit(std::string_view text, std::size_t at) noexcept {
    if (text.substr(at, 2) != "\\u" || at + 6 > text.size()) {
        return -1;
    }
    int unit = 0;
    for (const char digit : text.substr(at + 2, 4)) {
        const int value = hex_value(digit);
        if (value < 0) {
            return -1;
        }
        unit = unit * 16 + value;
    }
    return unit;
}

/// Appends what the escape at `at` stands for. \returns how long it is.
std::size_t append_escape(std::string_view text, std::size_t at, std::string& out) {
    const char escaped = at + 1 < text.size() ? text[at + 1] : '\\';
    if (escaped == '"' || escaped == '\\' || escaped == '/') {
        out += escaped;
        return 2;
    }
    const int unit = code_unit(text, at);
    if (unit < 0 || (unit >= 0xdc00 && unit < 0xe000)) {
        out += '\\';
        return 1;
    }
    if (unit >= 0xd800 && unit < 0xdc00) {
        const int low = code_unit(text, at + 6);
        if (low < 0xdc00 || low >= 0xe000) {
            out += '\\';
            return 1;
        }
        const auto high_bits = static_cast<std::uint32_t>(unit - 0xd800) << 10U;
        out += encode_utf8(0x10000U + high_bits + static_cast<std::uint32_t>(low - 0xdc00)).view();
        return 12;
    }
    out += encode_utf8(static_cast<std::uint32_t>(unit)).view();
    return 6;
}

std::string string_value(std::string_view text, std::size_t at) {
    std::string value;
    while (at < text.size() && !(text[at] == '"' && ends_string(text, at))) {
        if (text[at] == '\\') {
            at += append_escape(text, at, value);
        } else {
            value += text[at++];
        }
    }
    return value;
}

/// An array or object up to its closing bracket, or to the end of the text.
std::string_view nested_value(std::string_view text, std::size_t begin) noexcept {
    std::size_t depth = 0;
    bool in_string = false;
    for (std::size_t at = begin; at < text.size(); ++at) {
        const char byte = text[at];
        if (in_string) {
            at += byte == '\\' ? 1 : 0;
            in_string = byte != '"';
        } else if (byte == '"') {
            in_string = true;
        } else if (byte == '[' || byte == '{') {
            ++depth;
        } else if ((byte == ']' || byte == '}') && --depth == 0) {
            return text.substr(begin, at + 1 - begin);
        }
    }
    return text.substr(begin);
}

/// A number, a literal, or whatever a model writes without quotes: up to the end of its line, member or object.
std::string_view bare_value(std::string_view text, std::size_t begin) noexcept {
    // A tuple holds commas; else one that a blank or a quote follows ends the member.
    const bool is_scalar = text[begin] != '(';
    std::size_t end = begin;
    while (end < text.size() && text[end] != '}' && text[end] != '\n') {
        const char next = end + 1 < text.size() ? text[end + 1] : ' ';
        if (is_scalar && text[end] == ',' && (next == '"' || kBlanks.find(next) != npos)) {
            break;
        }
        ++end;
    }
    const std::size_t last = text.substr(0, end).find_last_not_of(" \t\r,");
    return last == npos || last < begin ? std::string_view() : text.substr(begin, last + 1 - begin);
}

}  // namespace

AnswerField answer_field(std::string_view text, std::string_view field) {
    const std::size_t begin = value_of_last(text, field);
    if (begin == npos || begin >= text.size()) {
        return {};
    }
    if (text[begin] == '"') {
        return {true, string_value(text, begin + 1)};
    }
    if (text[begin] == '[' || text[begin] == '{') {
        return {true, std::string(nested_value(text, begin))};
    }
    const std::string_view bare = bare_value(text, begin);
    const bool is_null = bare.empty() || bare == "null";
    return {true, is_null ? std::nullopt : std::optional<std::string>(bare)};
}

}  // namespace tierway::cascade
