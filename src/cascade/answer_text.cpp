#include "cascade/answer_text.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "cascade/answer_latex.hpp"

namespace tierway::cascade {
namespace {

constexpr std::size_t npos = std::string_view::npos;
constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::size_t kUnitBytesMax = 40;

bool is_digit(char byte) noexcept {
    return byte >= '0' && byte <= '9';
}
bool is_letter(char byte) noexcept {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}
/// Part of a word; whatever is not ASCII counts as letters.
bool is_word(char byte) noexcept {
    return is_letter(byte) || is_digit(byte) || byte == '_' || static_cast<unsigned char>(byte) >= 0x80;
}

std::string_view trimmed(std::string_view text) noexcept {
    const std::size_t begin = text.find_first_not_of(kBlanks);
    return begin == npos ? std::string_view() : text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

bool take_wrapper(std::string_view& text, std::string_view before, std::string_view after) {
    if (text.size() <= before.size() + after.size() || !text.starts_with(before) || !text.ends_with(after)) {
        return false;
    }
    const std::string_view inner = text.substr(before.size(), text.size() - before.size() - after.size());
    // `'a', 'b'` is not one quoted text.
    if (inner.find(before) != npos) {
        return false;
    }
    text = inner;
    return true;
}

/// Takes off what may surround an answer. A few rounds, because models nest it: `**$5$**.`
std::string_view unwrapped(std::string_view text) {
    for (int round = 0; round < 6; ++round) {
        text = trimmed(text);
        const std::size_t before = text.size();
        if (text.size() > 1 && text.back() == '.' && text[text.size() - 2] != '.') {
            text.remove_suffix(1);
        }
        // One after another: each may uncover the next.
        take_wrapper(text, "**", "**");
        take_wrapper(text, "`", "`");
        take_wrapper(text, "$$", "$$");
        take_wrapper(text, "$", "$");
        take_wrapper(text, "\\(", "\\)");
        take_wrapper(text, "\\[", "\\]");
        take_wrapper(text, "\"", "\"");
        take_wrapper(text, "'", "'");
        if (text.size() == before) {
            break;
        }
    }
    return text;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
    for (std::size_t at = text.find(from); at != npos; at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
}

/// "x = 5": the name of what was asked for says nothing.
std::string_view without_name(std::string_view text) noexcept {
    const std::size_t equals = text.find('=');
    if (equals == npos || equals == 0 || text.find('=', equals + 1) != npos) {
        return text;
    }
    const std::string_view name = trimmed(text.substr(0, equals));
    const bool is_name = !name.empty() && name.size() <= 3 && is_letter(name.front()) && std::all_of(name.begin(), name.end(), is_word);
    const std::string_view value = trimmed(text.substr(equals + 1));
    return is_name && !value.empty() ? value : text;
}

/// The digits at `at`, with separators of thousands left out, in groups of three as they should be.
std::string take_digits(std::string_view text, std::size_t& at) {
    std::string digits;
    while (at < text.size()) {
        if (is_digit(text[at])) {
            digits += text[at++];
            continue;
        }
        const std::string_view group = text.substr(at, 4);
        const bool is_group = group.size() == 4 && group[0] == ',' && is_digit(group[1]) && is_digit(group[2]) && is_digit(group[3]);
        if (digits.empty() || !is_group || (at + 4 < text.size() && is_digit(text[at + 4]))) {
            break;
        }
        ++at;
    }
    return digits;
}

/// A decimal number at `at` without what says nothing: `+`, leading zeros, zeros at the end of a fraction. Empty: there is none.
std::string take_number(std::string_view text, std::size_t& at) {
    std::size_t next = at;
    bool negative = false;
    if (next < text.size() && (text[next] == '-' || text[next] == '+')) {
        negative = text[next++] == '-';
    }
    while (next < text.size() && (text[next] == ' ' || text[next] == '$')) {
        ++next;
    }
    std::string digits = take_digits(text, next);
    std::string fraction;
    if (next + 1 < text.size() && text[next] == '.' && is_digit(text[next + 1])) {
        for (++next; next < text.size() && is_digit(text[next]); ++next) {
            fraction += text[next];
        }
    } else if (!digits.empty() && next < text.size() && text[next] == '.' && next + 1 == text.size()) {
        ++next;
    }
    if (digits.empty() && fraction.empty()) {
        return {};
    }
    at = next;
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
    fraction.resize(fraction.find_last_not_of('0') + 1);
    std::string number = digits.empty() ? "0" : digits;
    number += fraction.empty() ? "" : "." + fraction;
    if (negative && number != "0") {
        number.insert(number.begin(), '-');
    }
    return number;
}

/// Whether what follows a number can be its unit, which answers state or leave out. Words that change the value are none.
bool is_unit(std::string_view rest, bool apart) {
    constexpr std::array<std::string_view, 13> kNoUnits{"pi",      "sqrt",    "or",   "and",     "to",  "hundred", "thousand",
                                                        "million", "billion", "dozen", "trillion", "inf", "mod"};
    if (rest == "%" || rest == "\xc2\xb0") {
        return true;
    }
    if (rest.size() < 2 || rest.size() > kUnitBytesMax || !apart) {
        return false;
    }
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= rest.size(); ++i) {
        const bool ends_word = i == rest.size() || rest[i] == ' ';
        if (!ends_word) {
            if (!is_letter(rest[i])) {
                return false;
            }
            continue;
        }
        const std::string_view word = rest.substr(begin, i - begin);
        begin = i + 1;
        if (word.size() < 2 || std::find(kNoUnits.begin(), kNoUnits.end(), word) != kNoUnits.end()) {
            return false;
        }
    }
    return true;
}

std::string plain_text(std::string_view text);

std::optional<FinalAnswer> as_number(std::string_view text) {
    for (const std::string_view sign : {"$", "\xe2\x82\xac", "\xc2\xa3", "\xc2\xa5"}) {
        text.remove_prefix(text.starts_with(sign) ? sign.size() : 0);
    }
    std::size_t at = 0;
    FinalAnswer answer;
    answer.kind = FinalAnswer::Kind::Number;
    answer.text = take_number(text, at);
    if (answer.text.empty()) {
        return std::nullopt;
    }
    if (at + 1 < text.size() && text[at] == '/' && is_digit(text[at + 1])) {
        std::size_t denominator_at = at + 1;
        answer.text += '/';
        answer.text += take_number(text, denominator_at);
        at = denominator_at;
    }
    const std::string_view rest = trimmed(text.substr(at));
    if (!rest.empty() && !is_unit(rest, text[at] == ' ')) {
        return std::nullopt;
    }
    answer.rest = plain_text(rest);
    return answer;
}

/// "B", "(B)", "B." and "B) what it says", of the options A to J.
std::optional<FinalAnswer> as_choice(std::string_view text) {
    const bool opened = text.starts_with('(');
    text.remove_prefix(opened ? 1 : 0);
    if (text.empty()) {
        return std::nullopt;
    }
    const char letter = opened && text[0] >= 'a' && text[0] <= 'j' ? static_cast<char>(text[0] & ~0x20) : text[0];
    if (letter < 'A' || letter > 'J') {
        return std::nullopt;
    }
    FinalAnswer answer{FinalAnswer::Kind::Choice, std::string(1, letter)};
    text.remove_prefix(1);
    const bool closed = !text.empty() && (text[0] == ')' || (!opened && (text[0] == '.' || text[0] == ':')));
    if (text.empty()) {
        return opened ? std::nullopt : std::optional(answer);
    }
    if (!closed) {
        return std::nullopt;
    }
    text.remove_prefix(1);
    if (!text.empty() && text[0] != ' ' && text[0] != '.') {
        return std::nullopt;
    }
    answer.rest = plain_text(unwrapped(text));
    return answer;
}

/// One kind of quotes, no blanks beside punctuation, single ones elsewhere, and words without the case of their first letter.
std::string plain_text(std::string_view text) {
    std::string plain;
    plain.reserve(text.size());
    bool quoted = false;
    bool blank = false;
    for (const char byte : text) {
        const char mark = byte == '"' ? '\'' : byte;
        // An apostrophe within a word opens no quotation.
        const bool is_quote = mark == '\'' && (quoted || plain.empty() || blank || !is_word(plain.back()));
        if (!quoted && kBlanks.find(byte) != npos) {
            blank = true;
            continue;
        }
        const bool starts_word = is_word(mark) && (plain.empty() || blank || !is_word(plain.back()));
        if (blank && !plain.empty() && (is_word(mark) || is_quote) && is_word(plain.back())) {
            plain += ' ';
        }
        blank = false;
        plain += !quoted && starts_word && mark >= 'A' && mark <= 'Z' ? static_cast<char>(mark | 0x20) : mark;
        quoted = is_quote ? !quoted : quoted;
    }
    return plain == "null" ? "none" : plain;
}

}  // namespace

std::optional<FinalAnswer> in_one_spelling(std::string_view text) {
    const std::string_view bare = unwrapped(text);
    if (bare.size() > kFinalTextBytesMax) {
        return std::nullopt;
    }
    if (bare.empty() || bare == "''" || bare == "\"\"") {
        return FinalAnswer{};
    }
    std::string spelled(bare);
    const bool is_code = text.find_first_of("'\"") != npos;
    if (!is_code && bare.find_first_of("\\^") != npos) {
        spelled = without_latex(bare);
        // Thousands in LaTeX: {,} keeps a comma from being spaced.
        replace_all(spelled, "{,}", ",");
    }
    replace_all(spelled, "\xe2\x88\x92", "-");
    const std::string_view value = is_code ? std::string_view(spelled) : without_name(unwrapped(spelled));
    if (auto number = as_number(value)) {
        return number;
    }
    if (auto choice = as_choice(value)) {
        return choice;
    }
    FinalAnswer answer{FinalAnswer::Kind::Text, plain_text(value)};
    // A template that was copied and not filled in.
    const bool is_blank_form = !answer.text.empty() && answer.text.find_first_not_of('_') == npos;
    return is_blank_form ? std::nullopt : std::optional(std::move(answer));
}

}  // namespace tierway::cascade
