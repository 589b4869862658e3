// Retry-After and retry-after-ms: any bytes give nothing or a bounded wait, and what is well-formed gives its exact value.
// The input is the two values, the first line being Retry-After.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "property.hpp"
#include "tierway/upstream/retry_after.hpp"

namespace tierway::fuzz {
namespace {

constexpr Milliseconds kLongest = std::chrono::hours(24);
const WallTime kNow{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} + std::chrono::seconds{12'345}};

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    return first == std::string_view::npos ? std::string_view() : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The value of a text of digits with at most one point between them, in milliseconds rounded up and bounded; else empty.
std::optional<Milliseconds> decimal(std::string_view text, std::size_t milliseconds_per_unit_digits) {
    const std::size_t point = std::min(text.find('.'), text.size());
    std::string whole(text.substr(0, point));
    std::string fraction(point == text.size() ? std::string_view() : text.substr(point + 1));
    const auto digits = [](const std::string& part) { return part.find_first_not_of("0123456789") == std::string::npos; };
    if (whole.empty() || !digits(whole) || !digits(fraction) || (point < text.size() && fraction.empty())) {
        return std::nullopt;
    }
    fraction.resize(std::max(fraction.size(), milliseconds_per_unit_digits), '0');
    const bool rest = fraction.find_first_not_of('0', milliseconds_per_unit_digits) != std::string::npos;
    whole += fraction.substr(0, milliseconds_per_unit_digits);
    whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size()));
    constexpr std::size_t kSafeDigits = 15;
    if (whole.size() > kSafeDigits) {
        return kLongest;
    }
    const Milliseconds value{std::strtoll(("0" + whole).c_str(), nullptr, 10) + (rest ? 1 : 0)};
    return std::min(value, kLongest);
}

std::string http_date(WallTime at) {
    static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto days = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date{days};
    const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(at - days)};
    char text[64];
    std::snprintf(text, sizeof text, "%s, %02u %s %04d %02d:%02d:%02d GMT", kDays[std::chrono::weekday{days}.c_encoding()],
                  static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                  static_cast<int>(date.year()), static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()));
    return text;
}

void check(std::string_view retry_after, std::string_view retry_after_ms, Choices& choices) {
    const auto wait = upstream::read_retry_after(retry_after, retry_after_ms, kNow);
    require(!wait || (*wait >= Milliseconds{0} && *wait <= kLongest), "a wait is between nothing and one day");
    if (const auto milliseconds = decimal(trimmed(retry_after_ms), 0)) {
        require(wait == milliseconds, "retry-after-ms, when it is a number, is what counts, rounded up");
    } else if (const auto seconds = decimal(trimmed(retry_after), 3)) {
        require(wait == seconds, "Retry-After as a number is so many seconds, rounded up to a millisecond");
    } else if (trimmed(retry_after).size() != http_date(kNow).size()) {
        require(!wait, "what is neither a number nor of a date's length is no value");
    }
    const std::chrono::seconds distance{static_cast<std::int64_t>(choices.below(400'000)) - 200'000};
    const auto dated = upstream::read_retry_after(http_date(kNow + distance), "", kNow);
    const Milliseconds expected = std::clamp<Milliseconds>(distance, Milliseconds{0}, kLongest);
    require(dated == expected, "a date is a wait until then");
}

}  // namespace
}  // namespace tierway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(bytes), size);
    tierway::fuzz::Choices choices(input);
    const std::size_t line = std::min(input.find('\n'), size);
    tierway::fuzz::check(input.substr(0, line), input.substr(std::min(line + 1, size)), choices);
    return 0;
}
