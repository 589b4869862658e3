#include "config/scalars.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "config/problems.hpp"
#include "tierway/config/load.hpp"

namespace tierway::config {
namespace {

constexpr std::size_t kNameBytesMax = 64;
constexpr std::size_t kModelNameBytesMax = 128;
constexpr std::size_t kPriceDecimalsMax = 6;
constexpr std::int64_t kPriceMax = 100'000;
constexpr std::int64_t kPicoPerUnit = 1'000'000;
constexpr std::size_t kFractionBytesMax = 20;
constexpr Usd kUsdMax = Usd::from_nano(1'000'000'000'000'000);

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool all_digits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

// Digits without a leading zero; empty also when the number exceeds 64 bits.
std::optional<std::int64_t> whole_number(std::string_view text) {
    if (!all_digits(text) || (text.size() > 1 && text.front() == '0')) {
        return std::nullopt;
    }
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() ? std::optional(number) : std::nullopt;
}

struct Quantity {
    std::int64_t number = 0;
    std::string_view unit;
};

std::optional<Quantity> quantity(std::string_view text) {
    const auto digits = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
    const auto number = whole_number(text.substr(0, digits));
    return number ? std::optional(Quantity{*number, text.substr(digits)}) : std::nullopt;
}

struct Unit {
    std::string_view name;
    std::int64_t factor = 1;
};

constexpr std::array kDurationUnits{Unit{"ms", 1}, Unit{"s", 1'000}, Unit{"m", 60'000}, Unit{"h", 3'600'000}};
constexpr std::array kSizeUnits{Unit{"", 1}, Unit{"KiB", 1LL << 10}, Unit{"MiB", 1LL << 20}, Unit{"GiB", 1LL << 30}};

enum class Reading { NotOne, TooLarge, Good };

// The quantity in the smallest unit.
template <std::size_t N>
Reading read_quantity(std::string_view text, const std::array<Unit, N>& units, std::int64_t& amount) {
    const auto read = quantity(text);
    if (!read) {
        return Reading::NotOne;
    }
    const auto unit = std::find_if(units.begin(), units.end(), [&](const Unit& known) { return known.name == read->unit; });
    if (unit == units.end()) {
        return Reading::NotOne;
    }
    if (read->number > std::numeric_limits<std::int64_t>::max() / unit->factor) {
        return Reading::TooLarge;
    }
    amount = read->number * unit->factor;
    return Reading::Good;
}

// In the largest unit that leaves a whole number.
template <std::size_t N>
std::string in_units(std::int64_t amount, const std::array<Unit, N>& units) {
    const auto unit = std::find_if(units.rbegin(), units.rend(), [amount](const Unit& u) { return amount % u.factor == 0; });
    return std::to_string(amount / unit->factor) + std::string(unit->name);
}

// Whether the text is digits, or digits with a point and further digits; no sign, exponent or needless leading zero.
bool is_plain_decimal(std::string_view text) {
    const std::size_t point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    if (!all_digits(whole) || (whole.size() > 1 && whole.front() == '0')) {
        return false;
    }
    return point == std::string_view::npos || all_digits(text.substr(point + 1));
}

bool starts_name(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z');
}

bool continues_name(char c) {
    return starts_name(c) || c == '_' || c == '.' || c == '-';
}

bool is_model_character(char c) {
    return c > ' ' && c < 0x7F && c != '"' && c != '\'' && c != '`' && c != '\\';
}

}  // namespace

Parsed<bool> parse_bool(std::string_view text) {
    if (text == "true" || text == "false") {
        return Parsed<bool>::good(text == "true");
    }
    return Parsed<bool>::bad("must be `true` or `false`, not " + quoted_value(text));
}

Parsed<std::int64_t> parse_integer(std::string_view text, std::int64_t min, std::int64_t max) {
    const auto number = whole_number(text);
    if (!number || *number < min || *number > max) {
        return Parsed<std::int64_t>::bad("must be a whole number from " + std::to_string(min) + " to " + std::to_string(max) +
                                         ", not " + quoted_value(text));
    }
    return Parsed<std::int64_t>::good(*number);
}

Parsed<Milliseconds> parse_duration(std::string_view text, Milliseconds max) {
    std::int64_t amount = 0;
    const Reading reading = read_quantity(text, kDurationUnits, amount);
    if (reading == Reading::NotOne) {
        return Parsed<Milliseconds>::bad("must be a duration such as `250ms`, `30s`, `5m` or `1h`, not " + quoted_value(text));
    }
    if (reading == Reading::TooLarge || amount < 1 || amount > max.count()) {
        return Parsed<Milliseconds>::bad("must be from 1ms to " + in_units(max.count(), kDurationUnits) + ", not " +
                                         quoted_value(text));
    }
    return Parsed<Milliseconds>::good(Milliseconds(amount));
}

Parsed<std::size_t> parse_size(std::string_view text, std::size_t min, std::size_t max) {
    std::int64_t amount = 0;
    const Reading reading = read_quantity(text, kSizeUnits, amount);
    if (reading == Reading::NotOne) {
        return Parsed<std::size_t>::bad("must be a size in bytes such as `512`, `64KiB` or `10MiB`, not " + quoted_value(text));
    }
    if (reading == Reading::TooLarge || static_cast<std::size_t>(amount) < min || static_cast<std::size_t>(amount) > max) {
        return Parsed<std::size_t>::bad("must be from " + in_units(static_cast<std::int64_t>(min), kSizeUnits) + " to " +
                                        in_units(static_cast<std::int64_t>(max), kSizeUnits) + ", not " + quoted_value(text));
    }
    return Parsed<std::size_t>::good(static_cast<std::size_t>(amount));
}

Parsed<double> parse_fraction(std::string_view text) {
    double number = 2.0;
    if (text.size() <= kFractionBytesMax && is_plain_decimal(text)) {
        std::from_chars(text.data(), text.data() + text.size(), number);
    }
    if (number > 1.0) {
        return Parsed<double>::bad("must be a number from 0 to 1, not " + quoted_value(text));
    }
    return Parsed<double>::good(number);
}

Parsed<double> parse_real(std::string_view text, double max) {
    double number = -1.0;
    if (text.size() <= kFractionBytesMax && is_plain_decimal(text)) {
        std::from_chars(text.data(), text.data() + text.size(), number);
    }
    if (!(number >= 0.0 && number <= max)) {
        return Parsed<double>::bad("must be a plain number from 0 to " + std::to_string(static_cast<std::int64_t>(max)) + ", not " +
                                   quoted_value(text));
    }
    return Parsed<double>::good(number);
}

Parsed<PicoUsdPerToken> parse_price(std::string_view text) {
    using Result = Parsed<PicoUsdPerToken>;
    if (!is_plain_decimal(text)) {
        return Result::bad("must be a plain number of USD per million tokens such as `0.05`, not " + quoted_value(text));
    }
    const std::size_t point = std::min(text.find('.'), text.size());
    const std::string_view decimals = text.substr(std::min(point + 1, text.size()));
    if (decimals.size() > kPriceDecimalsMax) {
        return Result::bad("may have at most six decimals, unlike " + quoted_value(text));
    }
    const auto whole = whole_number(text.substr(0, point));
    std::int64_t pico = 0;
    for (std::size_t i = 0; i < kPriceDecimalsMax; ++i) {
        pico = pico * 10 + (i < decimals.size() ? decimals[i] - '0' : 0);
    }
    if (!whole || *whole > kPriceMax || (*whole == kPriceMax && pico > 0)) {
        return Result::bad("must be from 0 to " + std::to_string(kPriceMax) + ", not " + quoted_value(text));
    }
    return Result::good(*whole * kPicoPerUnit + pico);
}

Parsed<std::int64_t> parse_factor_permille(std::string_view text) {
    using Result = Parsed<std::int64_t>;
    constexpr PicoUsdPerToken kPicoPerPermille = 1'000;
    // Read like a price: the same digits, exactly.
    const auto factor = parse_price(text);
    if (!factor.value || *factor.value < kPicoPerPermille || *factor.value > 100 * kPicoPerUnit ||
        *factor.value % kPicoPerPermille != 0) {
        return Result::bad("must be a plain number from 0.001 to 100 such as `0.5`, with at most three decimals, not " +
                           quoted_value(text));
    }
    return Result::good(*factor.value / kPicoPerPermille);
}

Parsed<Usd> parse_usd(std::string_view text) {
    const auto usd = is_plain_decimal(text) ? Usd::parse(text) : std::nullopt;
    if (!usd || *usd > kUsdMax) {
        return Parsed<Usd>::bad("must be an amount of USD from 0 to 1000000 such as `0.50`, with at most nine decimals, not " +
                                quoted_value(text));
    }
    return Parsed<Usd>::good(*usd);
}

Parsed<WallTime> parse_moment(std::string_view text) {
    using namespace std::chrono;
    const auto field = [text](std::size_t at, std::size_t size) {
        const std::string_view digits = text.substr(at, size);
        int number = -1;
        if (all_digits(digits)) {
            std::from_chars(digits.data(), digits.data() + digits.size(), number);
        }
        return number;
    };
    const bool has_time = text.size() == 20;
    const bool shaped = (has_time || text.size() == 10) && text[4] == '-' && text[7] == '-' &&
                        (!has_time || (text[10] == 'T' && text[13] == ':' && text[16] == ':' && text[19] == 'Z'));
    if (shaped) {
        const int year = field(0, 4);
        const year_month_day date{std::chrono::year(year), month(static_cast<unsigned>(field(5, 2))),
                                  day(static_cast<unsigned>(field(8, 2)))};
        const int hour = has_time ? field(11, 2) : 0;
        const int minute = has_time ? field(14, 2) : 0;
        const int second = has_time ? field(17, 2) : 0;
        const auto within = [](int value, int end) { return value >= 0 && value < end; };
        if (year >= 2000 && year <= 2199 && date.ok() && within(hour, 24) && within(minute, 60) && within(second, 60)) {
            return Parsed<WallTime>::good(sys_days(date) + hours(hour) + minutes(minute) + seconds(second));
        }
    }
    return Parsed<WallTime>::bad(
        "must be a day such as `2027-01-31` or a second such as `2027-01-31T12:00:00Z` (UTC) of the years 2000 to 2199, not " +
        quoted_value(text));
}

Parsed<std::string> parse_name(std::string_view text) {
    if (text.empty() || text.size() > kNameBytesMax || !starts_name(text.front()) ||
        !std::all_of(text.begin(), text.end(), continues_name)) {
        return Parsed<std::string>::bad(
            "must be 1 to 64 of the characters a-z, 0-9, `_`, `.` and `-`, beginning with a letter or digit");
    }
    return Parsed<std::string>::good(std::string(text));
}

bool is_name(std::string_view text) {
    return parse_name(text).value.has_value();
}

Parsed<std::string> parse_model_name(std::string_view text) {
    if (text.empty() || text.size() > kModelNameBytesMax || !std::all_of(text.begin(), text.end(), is_model_character)) {
        return Parsed<std::string>::bad("must be 1 to 128 visible ASCII characters without spaces, quotes and backslashes");
    }
    return Parsed<std::string>::good(std::string(text));
}

}  // namespace tierway::config
