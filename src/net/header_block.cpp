#include "tierway/net/header_block.hpp"

#include <array>

#include "tierway/base/byte_scan.hpp"
#include "tierway/base/number_text.hpp"

namespace tierway::net {

void HeaderBlock::add(std::string_view name, std::string_view value) {
    constexpr std::size_t kPunctuation = 4;
    char* to = TextBuffer::put(text_.claim(name.size() + value.size() + kPunctuation), name);
    *to++ = ':';
    *to++ = ' ';
    char* const value_begin = to;
    to = TextBuffer::put(to, value);
    if (has_control(value)) {
        for (char* c = value_begin; c != to; ++c) {
            *c = static_cast<unsigned char>(*c) < 0x20 || *c == 0x7f ? ' ' : *c;
        }
    }
    *to++ = '\r';
    *to++ = '\n';
    text_.commit(to);
}

void HeaderBlock::add(std::string_view name, std::int64_t value) {
    std::array<char, kNumberTextMax> digits;  // NOLINT: written before it is read.
    const char* const end = write_integer(digits.data(), value);
    add(name, std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
}

std::string_view reason_phrase(unsigned status) noexcept {
    switch (status) {
        case 200:
            return "OK";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 402:
            return "Payment Required";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 408:
            return "Request Timeout";
        case 409:
            return "Conflict";
        case 413:
            return "Content Too Large";
        case 415:
            return "Unsupported Media Type";
        case 422:
            return "Unprocessable Content";
        case 426:
            return "Upgrade Required";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 502:
            return "Bad Gateway";
        case 503:
            return "Service Unavailable";
        case 504:
            return "Gateway Timeout";
        default:
            return "Status";
    }
}

}  // namespace tierway::net
