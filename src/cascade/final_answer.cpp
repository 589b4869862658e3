#include "tierway/cascade/final_answer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "cascade/answer_field.hpp"
#include "cascade/answer_text.hpp"
#include "cascade/json_equality.hpp"
#include "cascade/text_cut.hpp"
#include "tierway/base/json_text.hpp"

namespace tierway::cascade {
namespace {

using Kind = FinalAnswer::Kind;

constexpr std::size_t npos = std::string_view::npos;
constexpr std::size_t kLookedAtBytes = std::size_t{256} * 1024;
constexpr std::size_t kShortTextBytesMax = 200;
/// Steps of one comparison of JSON values.
constexpr std::size_t kComparisonSteps = 100'000;

std::string_view trimmed(std::string_view text) noexcept {
    constexpr std::string_view kBlanks = " \t\r\n";
    const std::size_t begin = text.find_first_not_of(kBlanks);
    return begin == npos ? std::string_view() : text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

/// What the last code fence holds; empty without one.
std::string_view last_fence(std::string_view text) noexcept {
    constexpr std::string_view kFence = "```";
    const std::size_t close = text.rfind(kFence);
    const std::size_t open = close == npos || close == 0 ? npos : text.rfind(kFence, close - 1);
    if (open == npos) {
        return {};
    }
    const std::size_t line = text.find('\n', open);
    return line == npos || line > close ? std::string_view() : text.substr(line + 1, close - line - 1);
}

/// An object or array that is all of the text, or of its last fence.
std::optional<FinalAnswer> as_json(std::string_view text) {
    wire::JsonParser parser;
    for (const std::string_view candidate : {trimmed(text), trimmed(last_fence(text))}) {
        if (candidate.starts_with('{') || candidate.starts_with('[')) {
            const auto parsed = parser.parse(candidate);
            if (parsed && parsed->size() > 0) {
                return FinalAnswer{Kind::Json, std::string(candidate)};
            }
        }
    }
    return std::nullopt;
}

/// What the last `\boxed{…}` holds.
std::string_view last_boxed(std::string_view text) noexcept {
    constexpr std::string_view kBoxed = "\\boxed{";
    const std::size_t found = text.rfind(kBoxed);
    if (found == npos) {
        return {};
    }
    const std::size_t begin = found + kBoxed.size();
    std::size_t depth = 1;
    for (std::size_t at = begin; at < text.size(); ++at) {
        depth += text[at] == '{' ? 1 : 0;
        depth -= text[at] == '}' ? 1 : 0;
        if (depth == 0) {
            return text.substr(begin, at - begin);
        }
    }
    return {};
}

char lower(char byte) noexcept {
    return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte | 0x20) : byte;
}

/// Where the last of the phrases ends by which models announce their answer; npos: there is none.
std::size_t end_of_last_phrase(std::string_view text) {
    constexpr std::array<std::string_view, 3> kPhrases{"answer is", "answer:", "####"};
    std::size_t end = npos;
    for (const std::string_view phrase : kPhrases) {
        const auto found = std::find_end(text.begin(), text.end(), phrase.begin(), phrase.end(),
                                         [](char a, char b) { return lower(a) == b; });
        const std::size_t after = static_cast<std::size_t>(found - text.begin()) + phrase.size();
        if (found != text.end() && (end == npos || after > end)) {
            end = after;
        }
    }
    return end;
}

/// What follows the last such phrase, up to the end of its sentence.
std::string_view announced(std::string_view text) {
    const std::size_t after = end_of_last_phrase(text);
    if (after == npos) {
        return {};
    }
    std::size_t begin = text.find_first_not_of(":* \t", after);
    // "The answer is:" may be followed by a line of its own.
    begin = begin == npos ? text.size() : begin;
    begin = begin < text.size() && text[begin] == '\n' ? text.find_first_not_of(" \n\t*", begin) : begin;
    if (begin >= text.size()) {
        return {};
    }
    std::string_view line = text.substr(begin, std::min(text.find('\n', begin), begin + kFinalTextBytesMax) - begin);
    line = line.substr(0, line.find_last_not_of("* \t\r") + 1);
    // The period after the letter of an option, or after an initial, ends no sentence.
    const bool is_initial = line.size() > 1 && line[0] >= 'A' && line[0] <= 'Z' && line[1] == '.';
    return line.substr(0, line.find(". ", is_initial ? 2 : 0));
}

/// A number, or a fraction, as a double. Empty for those that a double cannot hold exactly enough.
std::optional<double> value_of(std::string_view number) {
    if (number.size() > 32) {
        return std::nullopt;
    }
    double numerator = 0.0;
    double denominator = 1.0;
    const char* const end = number.data() + number.size();
    const auto [next, problem] = std::from_chars(number.data(), end, numerator);
    if (problem != std::errc() || (next != end && *next != '/')) {
        return std::nullopt;
    }
    if (next != end) {
        const auto [last, denominator_problem] = std::from_chars(next + 1, end, denominator);
        if (denominator_problem != std::errc() || last != end || denominator == 0.0) {
            return std::nullopt;
        }
    }
    constexpr double kExactMax = 1e12;
    return std::abs(numerator) < kExactMax && std::abs(denominator) < kExactMax ? std::optional(numerator / denominator) : std::nullopt;
}

bool same_number(std::string_view a, std::string_view b) {
    if (a == b) {
        return true;
    }
    // Decimals are spelled in one way: only a fraction can be another spelling.
    if (a.find('/') == npos && b.find('/') == npos) {
        return false;
    }
    const auto first = value_of(a);
    const auto second = value_of(b);
    return first && second && std::abs(*first - *second) <= 1e-9 * std::max(std::abs(*first), std::abs(*second));
}

bool same_json(std::string_view a, std::string_view b) {
    if (a == b) {
        return true;
    }
    wire::JsonParser first;
    wire::JsonParser second;
    const auto left = first.parse(a);
    const auto right = second.parse(b);
    WorkBudget budget(kComparisonSteps);
    return left && right && json_equal(*left, *right, budget) && !budget.exhausted();
}

}  // namespace

std::optional<FinalAnswer> final_answer(std::string_view text, std::string_view field) {
    text = text.substr(text.size() - std::min(text.size(), kLookedAtBytes));
    if (const AnswerField member = answer_field(text, field); member.found) {
        return member.value ? in_one_spelling(*member.value) : std::nullopt;
    }
    if (auto json = as_json(text)) {
        return json;
    }
    for (const std::string_view found : {last_boxed(text), announced(text)}) {
        if (!trimmed(found).empty()) {
            return in_one_spelling(found);
        }
    }
    const std::string_view whole = trimmed(text);
    const bool is_short = !whole.empty() && whole.size() <= kShortTextBytesMax && whole.find('\n') == npos;
    return is_short ? in_one_spelling(whole) : std::nullopt;
}

std::optional<FinalAnswer> final_answer(const dialect::AnswerChoice& choice, std::string_view field) {
    if (choice.tool_calls.empty()) {
        return final_answer(choice.content, field);
    }
    FinalAnswer answer{Kind::ToolCalls, "["};
    wire::JsonParser parser;
    for (const dialect::ToolCall& call : choice.tool_calls) {
        answer.text += answer.text.size() > 1 ? ",[" : "[";
        append_json_string(answer.text, call.name);
        answer.text += ',';
        if (parser.parse(call.arguments)) {
            answer.text += call.arguments;
        } else {
            append_json_string(answer.text, call.arguments);
        }
        answer.text += ']';
    }
    answer.text += ']';
    return answer.text.size() <= kLookedAtBytes ? std::optional(std::move(answer)) : std::nullopt;
}

bool same_answer(const FinalAnswer& a, const FinalAnswer& b) {
    if (a.kind != b.kind) {
        return false;
    }
    const bool same_rest = a.rest == b.rest || a.rest.empty() || b.rest.empty();
    switch (a.kind) {
        case Kind::Text:
            return a.text == b.text;
        case Kind::Choice:
            return a.text == b.text && same_rest;
        case Kind::Number:
            return same_rest && same_number(a.text, b.text);
        case Kind::Json:
        case Kind::ToolCalls:
            return same_json(a.text, b.text);
    }
    return false;
}

}  // namespace tierway::cascade
