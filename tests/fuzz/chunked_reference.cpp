#include "chunked_reference.hpp"

#include <cstdint>

namespace tierway::fuzz {
namespace {

constexpr std::size_t kSizeDigitsMax = 15;

std::optional<std::string_view> take_line(std::string_view bytes, std::size_t& at) {
    const std::size_t end = bytes.find("\r\n", at);
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view line = bytes.substr(at, end - at);
    at = end + 2;
    return line;
}

std::optional<std::uint64_t> hexadecimal(std::string_view digits) {
    std::uint64_t value = 0;
    for (const char c : digits) {
        const int digit = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : -1;
        if (digit < 0) {
            return std::nullopt;
        }
        value = value * 16 + static_cast<std::uint64_t>(digit);
    }
    return digits.empty() || digits.size() > kSizeDigitsMax ? std::nullopt : std::optional(value);
}

}  // namespace

std::optional<ChunkedBody> read_chunked(std::string_view bytes) {
    ChunkedBody body;
    std::size_t at = 0;
    while (true) {
        const auto line = take_line(bytes, at);
        if (!line) {
            return std::nullopt;
        }
        const std::size_t digits = line->find_first_of("; \t");
        const auto size = hexadecimal(line->substr(0, digits));
        if (!size) {
            return std::nullopt;
        }
        body.has_extension = body.has_extension || digits != std::string_view::npos;
        if (*size == 0) {
            break;
        }
        if (*size > bytes.size() - at || bytes.substr(at + *size, 2) != "\r\n") {
            return std::nullopt;
        }
        body.data += bytes.substr(at, *size);
        at += *size + 2;
    }
    while (true) {
        const auto trailer = take_line(bytes, at);
        if (!trailer) {
            return std::nullopt;
        }
        if (trailer->empty()) {
            body.bytes_used = at;
            return body;
        }
    }
}

}  // namespace tierway::fuzz
