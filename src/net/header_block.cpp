#include "tierway/net/header_block.hpp"

#include <array>

#include "tierway/base/append.hpp"
#include "tierway/base/byte_scan.hpp"

namespace tierway::net {

void HeaderBlock::add(std::string_view name, std::string_view value) {
    append_all(text_, name, ": ", value, "\r\n");
    if (has_control(value)) {
        const std::size_t end = text_.size() - 2;
        for (std::size_t i = end - value.size(); i < end; ++i) {
            const auto c = static_cast<unsigned char>(text_[i]);
            if (c < 0x20 || c == 0x7f) {
                text_[i] = ' ';
            }
        }
    }
}

void HeaderBlock::add(std::string_view name, std::int64_t value) {
    std::array<char, 24> digits{};
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    static_cast<void>(error);
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
