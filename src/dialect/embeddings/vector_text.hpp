#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/wire/json_view.hpp"

namespace tierway::dialect {

/// A vector's numbers as 32-bit floats, from an array of numbers; empty when it is anything else, or a number is too large.
std::optional<std::vector<float>> floats_of_array(const wire::JsonValue& array);

/// The same from Base64 (RFC 4648, with or without padding) of little-endian floats; empty when it is anything else, or a float
/// is not finite.
std::optional<std::vector<float>> floats_of_base64(std::string_view text);

/// A JSON array of the shortest numbers that read as the same floats.
std::string array_of(const std::vector<float>& vector);

/// A JSON string of the Base64 of the floats, little-endian.
std::string base64_of(const std::vector<float>& vector);

}  // namespace tierway::dialect
