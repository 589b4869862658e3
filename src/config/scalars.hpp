#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "tierway/base/time.hpp"
#include "tierway/base/usd.hpp"
#include "tierway/config/price.hpp"

namespace tierway::config {

/// A value, or why the text is not one, as the end of a sentence about the key: "must be …, not `x`".
template <class T>
struct Parsed {
    std::optional<T> value;
    std::string problem;

    static Parsed good(T value) { return {std::move(value), {}}; }
    static Parsed bad(std::string problem) { return {std::nullopt, std::move(problem)}; }
};

/// The readings of scalar texts. They are strict because YAML is not: `030`, `0x10`, `1e3`, `1_000` and `+1` are not whole
/// numbers here, and `yes` is not a truth value. Bounds are inclusive.

/// `true` or `false`.
Parsed<bool> parse_bool(std::string_view text);
/// Decimal digits without a leading zero.
Parsed<std::int64_t> parse_integer(std::string_view text, std::int64_t min, std::int64_t max);
/// A whole number and a unit: `250ms`, `30s`, `5m`, `1h`. At least one millisecond.
Parsed<Milliseconds> parse_duration(std::string_view text, Milliseconds max);
/// Bytes (`512`) or a whole number of `KiB`, `MiB` or `GiB`.
Parsed<std::size_t> parse_size(std::string_view text, std::size_t min, std::size_t max);
/// A plain decimal from 0 to 1.
Parsed<double> parse_fraction(std::string_view text);
/// A decimal number from 0 to `max`.
Parsed<double> parse_real(std::string_view text, double max);
/// A plain decimal of USD per million tokens with at most six decimals, read exactly; at most 100,000.
Parsed<PicoUsdPerToken> parse_price(std::string_view text);

/// How many times a price: a plain decimal with at most three decimals, from 0.001 to 100, in thousandths.
Parsed<std::int64_t> parse_factor_permille(std::string_view text);

/// A plain decimal of USD with at most nine decimals, read exactly; at most 1,000,000.
Parsed<Usd> parse_usd(std::string_view text);
/// A day (`2027-01-31`, its beginning) or a second (`2027-01-31T12:00:00Z`, RFC 3339), both UTC, of the years 2000 to 2199.
Parsed<WallTime> parse_moment(std::string_view text);

/// The name of a provider, tier, class, key or team, which becomes a header value and a metric label:
/// `[a-z0-9][a-z0-9_.-]{0,63}`.
Parsed<std::string> parse_name(std::string_view text);
/// The name of a model or alias: 1 to 128 visible ASCII characters without quotes and backslashes.
Parsed<std::string> parse_model_name(std::string_view text);

}  // namespace tierway::config
