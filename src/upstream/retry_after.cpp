#include "tierway/upstream/retry_after.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace tierway::upstream {
namespace {

constexpr Milliseconds kLongest = std::chrono::hours{24};

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

std::string_view trimmed(std::string_view text) noexcept {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
        text.remove_prefix(1);
    }
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
        text.remove_suffix(1);
    }
    return text;
}

// "12" or "12.5" of a unit of `unit` milliseconds, rounded up and bounded. Digits only: no sign, no exponent, no blanks.
std::optional<Milliseconds> read_number(std::string_view text, std::int64_t unit) noexcept {
    std::size_t position = 0;
    std::int64_t milliseconds = 0;
    for (; position < text.size() && is_digit(text[position]); ++position) {
        milliseconds = std::min<std::int64_t>(milliseconds * 10 + (text[position] - '0') * unit, kLongest.count());
    }
    if (position == 0) {
        return std::nullopt;
    }
    if (position < text.size()) {
        if (text[position] != '.' || ++position == text.size()) {
            return std::nullopt;
        }
        std::int64_t part = 0;
        std::int64_t scale = 1;
        bool rest = false;
        for (; position < text.size(); ++position) {
            if (!is_digit(text[position])) {
                return std::nullopt;
            }
            if (scale < unit) {
                part = part * 10 + (text[position] - '0');
                scale *= 10;
            } else {
                rest = rest || text[position] != '0';
            }
        }
        milliseconds += part * (unit / scale) + (rest ? 1 : 0);
    }
    return std::min(Milliseconds{milliseconds}, kLongest);
}

std::optional<int> read_digits(std::string_view text) noexcept {
    int number = 0;
    for (const char c : text) {
        if (!is_digit(c)) {
            return std::nullopt;
        }
        number = number * 10 + (c - '0');
    }
    return number;
}

std::optional<unsigned> position_in(std::string_view names, std::string_view name) noexcept {
    const std::size_t found = names.find(name);
    if (found == std::string_view::npos || found % 3 != 0) {
        return std::nullopt;
    }
    return static_cast<unsigned>(found / 3);
}

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7). The weekday must be the date's own: a date that contradicts itself
// is no date to wait for.
std::optional<WallTime> read_http_date(std::string_view text) noexcept {
    constexpr std::string_view kForm = "___, __ ___ ____ __:__:__ GMT";
    if (text.size() != kForm.size()) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < kForm.size(); ++i) {
        if (kForm[i] != '_' && text[i] != kForm[i]) {
            return std::nullopt;
        }
    }
    const auto weekday = position_in("SunMonTueWedThuFriSat", text.substr(0, 3));
    const auto month = position_in("JanFebMarAprMayJunJulAugSepOctNovDec", text.substr(8, 3));
    const auto day = read_digits(text.substr(5, 2));
    const auto year = read_digits(text.substr(12, 4));
    const auto hour = read_digits(text.substr(17, 2));
    const auto minute = read_digits(text.substr(20, 2));
    const auto second = read_digits(text.substr(23, 2));
    if (!weekday || !month || !day || !year || !hour || !minute || !second) {
        return std::nullopt;
    }
    const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{*month + 1},
                                           std::chrono::day{static_cast<unsigned>(*day)}};
    // Second 60 is a leap second. Years beyond the clock's range would overflow it.
    if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60 || *year < 1970 || *year > 2200) {
        return std::nullopt;
    }
    const std::chrono::sys_days days{date};
    if (std::chrono::weekday{days} != std::chrono::weekday{*weekday}) {
        return std::nullopt;
    }
    return WallTime{days} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} + std::chrono::seconds{*second};
}

}  // namespace

std::optional<Milliseconds> read_retry_after(std::string_view retry_after, std::string_view retry_after_ms, WallTime now) {
    if (const auto wait = read_number(trimmed(retry_after_ms), 1)) {
        return wait;
    }
    const std::string_view value = trimmed(retry_after);
    if (const auto wait = read_number(value, 1'000)) {
        return wait;
    }
    const auto date = read_http_date(value);
    if (!date) {
        return std::nullopt;
    }
    if (*date <= now) {
        return Milliseconds{0};
    }
    return std::min(std::chrono::ceil<Milliseconds>(*date - now), kLongest);
}

}  // namespace tierway::upstream
