#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <utility>

#include "net/chunked_body.hpp"
#include "net/server_connection.hpp"

namespace tierway::net {
namespace {

/// A body is read in steps of at most this, so that a false Content-Length reserves no memory that was not sent.
constexpr std::size_t kBodyStepBytes = std::size_t{1} << 20U;
/// What a connection keeps from one request to the next; when it has been idle for a while, it keeps less.
constexpr std::size_t kBusyBufferBytes = std::size_t{1} << 20U;

}  // namespace

Error ServerConnection::too_large(std::size_t limit) const {
    return Error::downstream(ErrorKind::PayloadTooLarge, "request_too_large",
                             "The request body is larger than " + std::to_string(limit) + " bytes. Send less, or raise `" +
                                 (parts_ ? "pass_through" : "server") + ".body_max`.");
}

std::optional<std::size_t> ServerConnection::read_idle(boost::system::error_code& error) {
    char* const space = buffer_.prepare(kReadBytes);
    return arrivals_.read_now(space, buffer_.writable(), error);
}

Task<bool> ServerConnection::read_more(std::size_t wanted) {
    char* const space = buffer_.prepare(wanted);
    boost::system::error_code error;
    std::optional<std::size_t> size;
    while (!timed_out_ && !(size = arrivals_.read_now(space, buffer_.writable(), error))) {
        co_await arrivals_.arrival();
    }
    if (error || timed_out_) {
        co_return false;
    }
    buffer_.commit(*size);
    co_return true;
}

ServerConnection::Received ServerConnection::refuse(Error error) {
    receive_error_ = std::move(error);
    deadline_ = SteadyTime::max();
    return Received::Refused;
}

ServerConnection::Received ServerConnection::refuse_incomplete(std::string_view part) {
    if (!std::exchange(timed_out_, false)) {
        peer_left();
        return refuse(
            Error::downstream(ErrorKind::ClientGone, "client_gone", "The client left before its request was complete."));
    }
    if (shutting_down_) {
        return refuse(server_shutting_down());
    }
    return refuse(Error::downstream(ErrorKind::RequestTimeout, "request_timeout",
                                    "The request " + std::string(part) + " did not arrive in time."));
}

Task<ServerConnection::Received> ServerConnection::receive() {
    buffer_.consume(std::exchange(request_bytes_, 0));
    buffer_.release_beyond(kBusyBufferBytes);
    parts_.reset();
    receive_error_.reset();
    body_bytes_ = 0;
    body_was_chunked_ = false;
    method_ = target_ = {};
    fields_.clear();
    deadline_ = SteadyTime::max();
    if (buffer_.empty()) {
        // As `read_more`, without a coroutine of its own: every request passes here. The sweep may take the buffer meanwhile.
        boost::system::error_code error;
        std::optional<std::size_t> size;
        while (!timed_out_ && !(size = read_idle(error))) {
            co_await arrivals_.arrival();
        }
        if (error || timed_out_) {
            co_return Received::Closed;
        }
        buffer_.commit(*size);
    }
    stage_ = Stage::Head;
    pipelined_ = false;
    began_at_ = std::chrono::steady_clock::now();
    deadline_ = began_at_ + shared_->limits.header_timeout;
    std::size_t scanned = 0;
    std::optional<std::size_t> end;
    while (!(end = wire::find_head_end(buffer_.view(), scanned))) {
        scanned = buffer_.size();
        if (scanned > shared_->limits.head.head_bytes_max) {
            co_return refuse(Error::downstream(ErrorKind::HeadTooLarge, "request_head_too_large",
                                               "The request head is larger than " +
                                                   std::to_string(shared_->limits.head.head_bytes_max) +
                                                   " bytes. Send fewer or shorter headers."));
        }
        const bool arrived = co_await read_more(kReadBytes);
        if (!arrived) {
            co_return timed_out_ ? refuse_incomplete("head") : Received::Closed;
        }
    }
    head_text_.assign(buffer_.view().substr(0, *end));
    buffer_.consume(*end);
    auto guarded = wire::guard_request_head(head_text_, shared_->limits.head, fields_);
    if (!guarded) {
        fields_.clear();
        co_return refuse(guarded.error());
    }
    close_after_ = guarded->close;
    method_ = guarded->method;
    target_ = guarded->target;
    const bool has_body = guarded->chunked || guarded->content_length.value_or(0) > 0;
    const std::optional<std::size_t> in_parts = has_body ? handler_.body_in_parts_max(target_) : std::nullopt;
    if (in_parts) {
        begin_parts(*guarded, *in_parts);
    }
    const std::size_t bytes_max = in_parts.value_or(shared_->limits.body_bytes_max);
    if (guarded->content_length && *guarded->content_length > bytes_max) {
        co_return refuse(too_large(bytes_max));
    }
    if (guarded->expect_continue && has_body && buffer_.empty()) {
        constexpr std::array<std::string_view, 1> kContinue{"HTTP/1.1 100 Continue\r\n\r\n"};
        const std::span<const std::string_view> pieces(kContinue);
        const bool sent = co_await send(pieces);
        if (!sent) {
            co_return Received::Closed;
        }
    }
    if (in_parts) {
        co_return Received::Request;
    }
    if (!guarded->chunked && buffer_.size() >= guarded->content_length.value_or(0)) {
        body_bytes_ = request_bytes_ = static_cast<std::size_t>(guarded->content_length.value_or(0));
        deadline_ = SteadyTime::max();
        co_return Received::Request;
    }
    stage_ = Stage::Body;
    Received received = Received::Request;
    if (guarded->chunked) {
        received = co_await receive_chunked_body();
    } else {
        received = co_await receive_sized_body(static_cast<std::size_t>(*guarded->content_length));
    }
    deadline_ = SteadyTime::max();
    co_return received;
}

Task<ServerConnection::Received> ServerConnection::receive_sized_body(std::size_t wanted) {
    while (buffer_.size() < wanted) {
        deadline_ = std::chrono::steady_clock::now() + shared_->limits.body_timeout;
        // With room for a head as well, the next request of this size fits into the buffer as it is, and comes with one read.
        const bool arrived = co_await read_more(std::min(wanted - buffer_.size(), kBodyStepBytes) + kReadBytes);
        if (!arrived) {
            co_return refuse_incomplete("body");
        }
    }
    body_bytes_ = request_bytes_ = wanted;
    co_return Received::Request;
}

Task<ServerConnection::Received> ServerConnection::receive_chunked_body() {
    ChunkedBody body(head_text_, shared_->limits.head.head_bytes_max);
    chunked_body_.clear();
    body_was_chunked_ = true;
    while (!body.ended()) {
        deadline_ = std::chrono::steady_clock::now() + shared_->limits.body_timeout;
        const auto used = body.take(buffer_.view());
        if (!used) {
            co_return refuse(used.error());
        }
        for (const std::string_view piece : body.pieces()) {
            chunked_body_.append(piece);
        }
        buffer_.consume(*used);
        if (chunked_body_.size() > shared_->limits.body_bytes_max) {
            co_return refuse(too_large(shared_->limits.body_bytes_max));
        }
        if (body.ended()) {
            break;
        }
        const bool arrived = co_await read_more(kReadBytes);
        if (!arrived) {
            co_return refuse_incomplete("body");
        }
    }
    co_return Received::Request;
}

}  // namespace tierway::net
