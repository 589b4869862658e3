#include "net/chunked_body.hpp"

#include <cstdint>

namespace tierway::net {
namespace {

/// Framing that a body may add beyond as many bytes as itself has: a peer could send one byte for each chunk for ever.
constexpr std::size_t kFramingBytesMax = std::size_t{1} << 20U;

Error malformed(std::string message) {
    return Error::downstream(ErrorKind::InvalidRequest, "invalid_http_request", std::move(message));
}

}  // namespace

ChunkedBody::ChunkedBody(std::string_view head, std::size_t head_bytes_max) : head_bytes_max_(head_bytes_max) {
    boost::beast::error_code ignored;
    parser_.body_limit(boost::none);
    parser_.header_limit(static_cast<std::uint32_t>(head_bytes_max + 1));
    parser_.feed(head, true, ignored);
    parser_.body = &pieces_;
}

Result<std::size_t> ChunkedBody::take(std::string_view bytes) {
    boost::beast::error_code error;
    pieces_.clear();
    const std::size_t used = parser_.feed(bytes, false, error);
    consumed_ += used;
    for (const std::string_view piece : pieces_) {
        body_bytes_ += piece.size();
    }
    if (parser_.had_chunk_extension) {
        return malformed("Chunk extensions are not accepted.");
    }
    if (error) {
        return malformed("The chunked request body is malformed.");
    }
    if (consumed_ > 2 * body_bytes_ + kFramingBytesMax) {
        return malformed("The request body has more framing than bytes: send larger chunks.");
    }
    if (!parser_.is_done() && bytes.size() - used > head_bytes_max_) {
        return malformed("A chunk header or trailer is too large.");
    }
    return used;
}

}  // namespace tierway::net
