#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "net/message_parser.hpp"
#include "tierway/base/error.hpp"

namespace tierway::net {

/// Takes the chunks off a request body (RFC 9112 section 7.1), stricter than it asks: chunk extensions, which nobody needs and
/// smugglers like, are refused, and framing may not grow without end.
class ChunkedBody {
public:
    /// \param head the request's guarded head. \param head_bytes_max bound on a chunk's header and on the trailers.
    ChunkedBody(std::string_view head, std::size_t head_bytes_max);

    /// Takes what it can from the front of the bytes received; `pieces` are what of the body lies in them.
    /// \returns the bytes used up. Errors: InvalidRequest, and then nothing more is to be taken.
    Result<std::size_t> take(std::string_view bytes);
    /// Views of the bytes that were taken last.
    [[nodiscard]] std::span<const std::string_view> pieces() const noexcept { return pieces_; }
    /// Whether the body has ended.
    [[nodiscard]] bool ended() const noexcept { return parser_.is_done(); }

private:
    class Parser final : public MessageParser<true> {};

    Parser parser_;
    std::size_t head_bytes_max_;
    std::vector<std::string_view> pieces_;
    std::size_t consumed_ = 0;
    std::size_t body_bytes_ = 0;
};

}  // namespace tierway::net
