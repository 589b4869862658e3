#include "dialect/embeddings/vector_text.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace tierway::dialect {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t kFloatBytes = 4;

constexpr std::array<std::int8_t, 256> make_values() {
    std::array<std::int8_t, 256> values{};
    values.fill(-1);
    for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
        values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::int8_t>(i);
    }
    return values;
}

constexpr std::array<std::int8_t, 256> kValues = make_values();

std::string_view without_padding(std::string_view text) {
    for (int i = 0; i < 2 && text.ends_with('='); ++i) {
        text.remove_suffix(1);
    }
    return text;
}

/// Empty when there is a byte that Base64 does not have, or a lone one at the end.
std::optional<std::string> decoded(std::string_view text) {
    const std::string_view digits = without_padding(text);
    if (digits.size() % 4 == 1) {
        return std::nullopt;
    }
    std::string bytes;
    bytes.reserve(digits.size() / 4 * 3 + 2);
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (const char digit : digits) {
        const int value = kValues[static_cast<unsigned char>(digit)];
        if (value < 0) {
            return std::nullopt;
        }
        bits = bits << 6U | static_cast<std::uint32_t>(value);
        held += 6;
        if (held >= 8) {
            held -= 8;
            bytes += static_cast<char>(bits >> held & 0xFFU);
        }
    }
    return bytes;
}

std::uint8_t byte_of(const std::vector<float>& vector, std::size_t position) {
    const auto bits = std::bit_cast<std::uint32_t>(vector[position / kFloatBytes]);
    return static_cast<std::uint8_t>(bits >> position % kFloatBytes * 8 & 0xFFU);
}

}  // namespace

std::optional<std::vector<float>> floats_of_array(const wire::JsonValue& array) {
    if (!array.is_array()) {
        return std::nullopt;
    }
    std::vector<float> vector;
    vector.reserve(array.size());
    for (const wire::JsonValue element : array) {
        const auto number = static_cast<float>(element.number().value_or(HUGE_VAL));
        if (!std::isfinite(number)) {
            return std::nullopt;
        }
        vector.push_back(number);
    }
    return vector;
}

std::optional<std::vector<float>> floats_of_base64(std::string_view text) {
    const std::optional<std::string> bytes = decoded(text);
    if (!bytes || bytes->size() % kFloatBytes != 0) {
        return std::nullopt;
    }
    std::vector<float> vector;
    vector.reserve(bytes->size() / kFloatBytes);
    for (std::size_t at = 0; at < bytes->size(); at += kFloatBytes) {
        std::uint32_t bits = 0;
        for (std::size_t i = 0; i < kFloatBytes; ++i) {
            bits |= std::uint32_t{static_cast<unsigned char>((*bytes)[at + i])} << 8 * i;
        }
        const auto number = std::bit_cast<float>(bits);
        if (!std::isfinite(number)) {
            return std::nullopt;
        }
        vector.push_back(number);
    }
    return vector;
}

std::string array_of(const std::vector<float>& vector) {
    std::string text = "[";
    std::array<char, 32> digits{};
    for (const float number : vector) {
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
        text.append(text.size() == 1 ? "" : ",").append(digits.data(), end);
    }
    return text += ']';
}

std::string base64_of(const std::vector<float>& vector) {
    const std::size_t size = vector.size() * kFloatBytes;
    std::string text = "\"";
    text.reserve(size / 3 * 4 + 6);
    for (std::size_t at = 0; at < size; at += 3) {
        std::uint32_t bits = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            bits = bits << 8U | (at + i < size ? byte_of(vector, at + i) : std::uint8_t{0});
        }
        for (std::size_t i = 0; i < 4; ++i) {
            text += at + i > size ? '=' : kAlphabet[bits >> (18 - 6 * i) & 0x3FU];
        }
    }
    return text += '"';
}

}  // namespace tierway::dialect
