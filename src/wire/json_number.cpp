#include "wire/json_number.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <system_error>

namespace tierway::wire::detail {
namespace {

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

const char* skip_digits(const char* at, const char* end) noexcept {
    while (at != end && is_digit(*at)) {
        ++at;
    }
    return at;
}

/// Whether a number too far from 1 for a double is too large (rather than too small): the sign of its decimal magnitude.
bool is_large(std::string_view number) noexcept {
    constexpr long long kExponentBound = 1'000'000'000'000LL;
    const std::size_t mark = std::min(number.find_first_of("eE"), number.size());
    const std::string_view mantissa = number.substr(0, mark);
    long long exponent = 0;
    if (mark != number.size()) {
        std::string_view digits = number.substr(mark + 1);
        const bool negative = digits.front() == '-';
        if (negative || digits.front() == '+') {
            digits.remove_prefix(1);
        }
        for (const char digit : digits) {
            exponent = std::min(exponent * 10 + (digit - '0'), kExponentBound);
        }
        exponent = negative ? -exponent : exponent;
    }
    const std::size_t first = mantissa.find_first_of("123456789");
    if (first == std::string_view::npos) {
        return false;
    }
    const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
    return static_cast<long long>(point) - static_cast<long long>(first) + exponent > 0;
}

}  // namespace

bool is_json_number(std::string_view token) noexcept {
    const char* at = token.data();
    const char* const end = at + token.size();
    if (at != end && *at == '-') {
        ++at;
    }
    if (at == end || !is_digit(*at)) {
        return false;
    }
    at = *at == '0' ? at + 1 : skip_digits(at, end);
    if (at != end && *at == '.') {
        const char* const fraction = ++at;
        at = skip_digits(at, end);
        if (at == fraction) {
            return false;
        }
    }
    if (at != end && (*at == 'e' || *at == 'E')) {
        ++at;
        if (at != end && (*at == '+' || *at == '-')) {
            ++at;
        }
        const char* const exponent = at;
        at = skip_digits(at, end);
        if (at == exponent) {
            return false;
        }
    }
    return at == end;
}

std::optional<std::int64_t> integer_value(std::string_view number) noexcept {
    std::int64_t value = 0;
    const char* const end = number.data() + number.size();
    const auto [stop, problem] = std::from_chars(number.data(), end, value);
    if (problem != std::errc{} || stop != end) {
        return std::nullopt;
    }
    return value;
}

double double_value(std::string_view number) noexcept {
    double value = 0;
    const auto [stop, problem] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (problem == std::errc{}) {
        return value;
    }
    const double magnitude = is_large(number) ? std::numeric_limits<double>::infinity() : 0.0;
    return number.front() == '-' ? -magnitude : magnitude;
}

}  // namespace tierway::wire::detail
