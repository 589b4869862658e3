#include <algorithm>
#include <utility>

#include "net/server_connection.hpp"

namespace tierway::net {
namespace {

/// What a read of a body asks for that is taken in parts.
constexpr std::size_t kPartBytes = std::size_t{64} * 1024;

}  // namespace

// Until it was taken whole the connection cannot carry another request: an answer before that ends it.
void ServerConnection::begin_parts(const wire::GuardedHead& head, std::size_t bytes_max) {
    parts_ = std::make_unique<BodyParts>();
    parts_->bytes_max = bytes_max;
    parts_->missing = head.content_length.value_or(0);
    if (head.chunked) {
        parts_->chunked.emplace(head_text_, shared_->limits.head.head_bytes_max);
    }
    parts_->close_after = std::exchange(close_after_, true);
    stage_ = Stage::Body;
    deadline_ = SteadyTime::max();
}

Result<void> ServerConnection::take_part() {
    BodyParts& parts = *parts_;
    parts.pieces.clear();
    const std::string_view bytes = buffer_.view();
    if (parts.chunked) {
        const auto used = parts.chunked->take(bytes);
        if (!used) {
            return used.error();
        }
        parts.given_out = *used;
        parts.pieces.assign(parts.chunked->pieces().begin(), parts.chunked->pieces().end());
        parts.ended = parts.chunked->ended();
    } else {
        parts.given_out = static_cast<std::size_t>(std::min<std::uint64_t>(parts.missing, bytes.size()));
        parts.missing -= parts.given_out;
        parts.ended = parts.missing == 0;
        if (parts.given_out > 0) {
            parts.pieces.push_back(bytes.substr(0, parts.given_out));
        }
    }
    for (const std::string_view piece : parts.pieces) {
        parts.received += piece.size();
    }
    if (parts.received > parts.bytes_max) {
        return too_large(parts.bytes_max);
    }
    return {};
}

Task<Result<BodyPart>> ServerConnection::receive_part() {
    BodyParts& parts = *parts_;
    bool brought = false;
    while (!brought) {
        buffer_.consume(std::exchange(parts.given_out, 0));
        if (!buffer_.empty()) {
            auto taken = take_part();
            if (!taken) {
                co_return taken.error();
            }
            brought = parts.ended || !parts.pieces.empty();
        }
        if (!brought) {
            deadline_ = std::chrono::steady_clock::now() + shared_->limits.body_timeout;
            const bool arrived = co_await read_more(kPartBytes);
            deadline_ = SteadyTime::max();
            if (!arrived) {
                refuse_incomplete("body");
                co_return *receive_error_;
            }
        }
    }
    if (parts.ended) {
        request_bytes_ = parts.given_out;
        close_after_ = parts.close_after || shutting_down_;
        stage_ = Stage::Handling;
    }
    co_return BodyPart{parts.pieces, parts.ended};
}

}  // namespace tierway::net
