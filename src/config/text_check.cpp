#include "config/text_check.hpp"

#include <array>
#include <cstdint>
#include <cstdio>

namespace tierway::config {
namespace {

unsigned byte_at(std::string_view text, std::size_t position) {
    return static_cast<unsigned char>(text[position]);
}

bool in_range(std::string_view text, std::size_t position, unsigned low, unsigned high) {
    return position < text.size() && byte_at(text, position) >= low && byte_at(text, position) <= high;
}

// The length of the UTF-8 sequence that begins there, or 0 when it is not well formed (RFC 3629 section 4).
std::size_t sequence_length(std::string_view text, std::size_t position) {
    const unsigned first = byte_at(text, position);
    if (first < 0x80) {
        return 1;
    }
    const bool third = in_range(text, position + 2, 0x80, 0xBF);
    if (first >= 0xC2 && first <= 0xDF) {
        return in_range(text, position + 1, 0x80, 0xBF) ? 2 : 0;
    }
    if (first >= 0xE0 && first <= 0xEF) {
        const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
        const unsigned high = first == 0xED ? 0x9F : 0xBF;
        return in_range(text, position + 1, low, high) && third ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const unsigned low = first == 0xF0 ? 0x90 : 0x80;
        const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
        return in_range(text, position + 1, low, high) && third && in_range(text, position + 3, 0x80, 0xBF) ? 4 : 0;
    }
    return 0;
}

bool is_refused_control(unsigned byte) {
    return (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F;
}

std::string hexadecimal(unsigned byte) {
    std::array<char, 8> text{};
    std::snprintf(text.data(), text.size(), "0x%02X", byte);
    return text.data();
}

}  // namespace

bool check_text(std::string_view text, Problems& problems) {
    if (text.size() > kConfigurationBytesMax) {
        problems.error({}, "The configuration is larger than 1 MiB.");
        return false;
    }
    Place place;
    for (std::size_t position = 0; position < text.size();) {
        const unsigned byte = byte_at(text, position);
        const std::size_t length = sequence_length(text, position);
        if (length == 0) {
            problems.error(place, "The byte " + hexadecimal(byte) + " is not valid UTF-8: save the file as UTF-8.");
            return false;
        }
        if (is_refused_control(byte)) {
            problems.error(place, "The control character " + hexadecimal(byte) + " is not allowed: remove it.");
            return false;
        }
        place.column += static_cast<int>(length);
        if (byte == '\n') {
            place = {place.line + 1, 1};
        }
        position += length;
    }
    return true;
}

}  // namespace tierway::config
