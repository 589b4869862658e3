#include "simulator/arithmetic.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "simulator/words.hpp"

namespace tierway::simulator {
namespace {

constexpr std::size_t kTextMax = 16 * 1024;
constexpr std::size_t kNumbersMax = 256;
constexpr unsigned kDepthMax = 32;

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

/// Reads "1,234.5" at the front of `text`; the number of bytes it took, 0 when there is no number.
std::size_t read_number(std::string_view text, double& value) {
    std::string digits;
    std::size_t i = 0;
    for (; i < text.size(); ++i) {
        const bool followed = i + 1 < text.size() && is_digit(text[i + 1]);
        const bool thousands = text[i] == ',' && i > 0 && i + 3 < text.size() && is_digit(text[i + 1]) && is_digit(text[i + 2]) &&
                               is_digit(text[i + 3]) && (i + 4 == text.size() || !is_digit(text[i + 4]));
        if (is_digit(text[i]) || (text[i] == '.' && i > 0 && followed && digits.find('.') == std::string::npos)) {
            digits += text[i];
        } else if (!thousands) {
            break;
        }
    }
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc() && end == digits.data() + digits.size() && !digits.empty() ? i : 0;
}

/// Recursive descent over + - * / and parentheses.
class Expression {
public:
    explicit Expression(std::string_view text) : rest_(text) {}

    /// The value of the longest expression at the front; empty when there is none.
    std::optional<double> read() { return sum(0); }
    [[nodiscard]] unsigned operators() const noexcept { return operators_; }
    [[nodiscard]] unsigned tight_minuses() const noexcept { return tight_minuses_; }

private:
    void skip_spaces() {
        while (!rest_.empty() && rest_.front() == ' ') {
            rest_.remove_prefix(1);
        }
    }

    std::optional<double> sum(unsigned depth) {
        auto left = product(depth);
        while (left) {
            const std::string_view before = rest_;
            skip_spaces();
            if (rest_.empty() || (rest_.front() != '+' && rest_.front() != '-')) {
                rest_ = before;
                return left;
            }
            const bool minus = rest_.front() == '-';
            const bool tight = minus && before.size() == rest_.size() && rest_.size() > 1 && rest_[1] != ' ';
            rest_.remove_prefix(1);
            const auto right = product(depth);
            if (!right) {
                rest_ = before;
                return left;
            }
            ++operators_;
            tight_minuses_ += tight ? 1U : 0U;
            left = minus ? *left - *right : *left + *right;
        }
        return left;
    }

    std::optional<double> product(unsigned depth) {
        auto left = factor(depth);
        while (left) {
            const std::string_view before = rest_;
            skip_spaces();
            if (rest_.empty() || (rest_.front() != '*' && rest_.front() != '/')) {
                rest_ = before;
                return left;
            }
            const bool divide = rest_.front() == '/';
            rest_.remove_prefix(1);
            const auto right = factor(depth);
            if (!right) {
                rest_ = before;
                return left;
            }
            ++operators_;
            left = divide ? *left / *right : *left * *right;
        }
        return left;
    }

    std::optional<double> factor(unsigned depth) {
        skip_spaces();
        if (rest_.empty() || depth > kDepthMax) {
            return std::nullopt;
        }
        if (rest_.front() == '(') {
            rest_.remove_prefix(1);
            const auto inner = sum(depth + 1);
            skip_spaces();
            if (!inner || rest_.empty() || rest_.front() != ')') {
                return std::nullopt;
            }
            rest_.remove_prefix(1);
            return inner;
        }
        double value = 0.0;
        const std::size_t used = read_number(rest_, value);
        rest_.remove_prefix(used);
        return used == 0 ? std::nullopt : std::optional<double>(value);
    }

    std::string_view rest_;
    unsigned operators_ = 0;
    unsigned tight_minuses_ = 0;
};

void replace_all(std::string& text, std::string_view from, std::string_view to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
}

/// Operators spelled out, and the typographic ones, become the ASCII ones.
std::string with_plain_operators(std::string_view lower) {
    static constexpr std::array<std::array<std::string_view, 2>, 8> kSpellings{{{" multiplied by ", " * "},
                                                                                {" divided by ", " / "},
                                                                                {" times ", " * "},
                                                                                {" plus ", " + "},
                                                                                {" minus ", " - "},
                                                                                {"% of ", " / 100 * "},
                                                                                {"×", "*"},
                                                                                {"÷", "/"}}};
    std::string text(lower);
    for (const auto& [from, to] : kSpellings) {
        replace_all(text, from, to);
    }
    return text;
}

std::optional<double> solve_expression(std::string_view lower) {
    const std::string text = with_plain_operators(lower);
    unsigned tried = 0;
    for (std::size_t i = 0; i < text.size() && tried < kNumbersMax; ++i) {
        // The middle of a number or of a date begins no expression.
        const bool goes_on =
            i > 0 && (is_digit(text[i - 1]) || text[i - 1] == '.' || (text[i - 1] == '-' && i > 1 && is_digit(text[i - 2])));
        if (goes_on || (!is_digit(text[i]) && text[i] != '(')) {
            continue;
        }
        ++tried;
        Expression expression(std::string_view(text).substr(i, 512));
        const auto value = expression.read();
        // "2026-11-23" is a date and no difference.
        if (value && expression.operators() > 0 && expression.tight_minuses() < 2 && std::isfinite(*value)) {
            return value;
        }
    }
    return std::nullopt;
}

std::optional<double> solve_words(std::string_view lower) {
    if (!has_any_word_start(lower, {"how many", "how much", "altogether", "in total", "calculate", "sum of"})) {
        return std::nullopt;
    }
    const std::vector<double> numbers = numbers_in(lower);
    if (numbers.size() < 2) {
        return std::nullopt;
    }
    double value = numbers.front();
    const bool product = has_any_word(lower, {"each", "every", "per"});
    const bool difference = has_any_word_start(lower, {"left", "remain", "gives", "gave", "eats", "ate ", "loses", "lost",
                                                       "spends", "spent", "sells", "sold", "fewer", "away"});
    for (std::size_t i = 1; i < numbers.size(); ++i) {
        value = product ? value * numbers[i] : (difference ? value - numbers[i] : value + numbers[i]);
    }
    return std::isfinite(value) ? std::optional<double>(value) : std::nullopt;
}

}  // namespace

std::vector<double> numbers_in(std::string_view lower) {
    static constexpr std::array<std::string_view, 12> kWords{"one",   "two",   "three", "four", "five",   "six",
                                                             "seven", "eight", "nine",  "ten",  "eleven", "twelve"};
    std::vector<double> numbers;
    for (std::size_t i = 0; i < lower.size() && numbers.size() < kNumbersMax;) {
        const bool joined = i > 0 && ((lower[i - 1] >= 'a' && lower[i - 1] <= 'z') || is_digit(lower[i - 1]));
        double value = 0.0;
        const std::size_t used = joined ? 0 : read_number(lower.substr(i), value);
        if (used > 0) {
            const bool negative = i > 0 && lower[i - 1] == '-' && (i == 1 || lower[i - 2] == ' ');
            numbers.push_back(negative ? -value : value);
            i += used;
            continue;
        }
        if (!joined) {
            const std::string_view word = lower.substr(
                i, std::min<std::size_t>(lower.find_first_not_of("abcdefghijklmnopqrstuvwxyz", i), lower.size()) - i);
            const auto* found = std::find(kWords.begin(), kWords.end(), word);
            if (found != kWords.end()) {
                numbers.push_back(static_cast<double>(found - kWords.begin()) + 1.0);
                i += word.size();
                continue;
            }
        }
        ++i;
    }
    return numbers;
}

std::optional<double> solve(std::string_view lower) {
    lower = lower.substr(0, kTextMax);
    if (const auto value = solve_expression(lower)) {
        return value;
    }
    return solve_words(lower);
}

std::string number_text(double value) {
    std::array<char, 64> text{};
    if (std::abs(value) < 1e15 && value == std::floor(value)) {
        std::snprintf(text.data(), text.size(), "%.0f", value);
        return std::string(text.data()) == "-0" ? "0" : text.data();
    }
    if (std::abs(value) >= 1e15) {
        std::snprintf(text.data(), text.size(), "%.6g", value);
        return text.data();
    }
    std::snprintf(text.data(), text.size(), "%.4f", value);
    std::string decimal(text.data());
    decimal.erase(decimal.find_last_not_of('0') + 1);
    if (decimal.back() == '.') {
        decimal.pop_back();
    }
    return decimal == "-0" ? "0" : decimal;
}

}  // namespace tierway::simulator
