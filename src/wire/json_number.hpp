#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tierway::wire::detail {

/// Whether `token` is a JSON number (RFC 8259 section 6) of any size, and nothing else.
bool is_json_number(std::string_view token) noexcept;

/// The value of a checked number that is written as an integer; empty when it has a fraction or exponent, or does not fit.
std::optional<std::int64_t> integer_value(std::string_view number) noexcept;

/// The nearest double of a checked number; infinite when too large, zero when too small, with its sign.
double double_value(std::string_view number) noexcept;

}  // namespace tierway::wire::detail
