#include "gateway/passing/passed_body.hpp"

#include <array>
#include <charconv>

namespace tierway::gateway {

void PassedBody::begin(const wire::HttpFields& fields, std::string_view method, std::string& head) {
    const std::string_view length = fields.get("content-length");
    chunked_ = length.empty() && fields.has("transfer-encoding");
    if (chunked_) {
        head += "Transfer-Encoding: chunked\r\n";
    } else if (!length.empty() || method == "POST") {
        head.append("Content-Length: ").append(length.empty() ? "0" : length).append("\r\n");
    }
    head += "\r\n";
}

std::span<const std::string_view> PassedBody::frame(std::string_view head, const net::BodyPart& part) {
    std::size_t size = 0;
    for (const std::string_view piece : part.pieces) {
        size += piece.size();
    }
    pieces_.assign(1, head);
    if (chunked_ && size > 0) {
        std::array<char, 16> digits{};
        const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), size, 16).ptr;
        chunk_head_.assign(digits.data(), static_cast<std::size_t>(end - digits.data()));
        chunk_head_ += "\r\n";
        pieces_.push_back(chunk_head_);
    }
    pieces_.insert(pieces_.end(), part.pieces.begin(), part.pieces.end());
    if (chunked_ && size > 0) {
        pieces_.push_back("\r\n");
    }
    if (chunked_ && part.last) {
        pieces_.push_back("0\r\n\r\n");
    }
    return pieces_;
}

}  // namespace tierway::gateway
