#include "tierway/net/upstream_connection.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <tuple>
#include <utility>

#include "net/arrivals.hpp"
#include "net/gather.hpp"
#include "net/response_parser.hpp"
#include "net/send_turn.hpp"
#include "tierway/net/upstream_pool.hpp"
#include "tierway/net/worker.hpp"
#include "tierway/wire/http_guard.hpp"

namespace tierway::net {
namespace {

/// What a read asks for: at first enough for a paced event, because streams hold their buffers for long; twice as much after each
/// read that filled it.
constexpr std::size_t kReadBytesMin = std::size_t{2} * 1024;
constexpr std::size_t kReadBytesMax = std::size_t{16} * 1024;
/// An upstream's head may be larger than a client's: providers send many headers.
constexpr std::size_t kHeadBytesMax = std::size_t{64} * 1024;
/// For how long an idle connection of which nothing was heard is taken for alive without asking the system. What it cannot hear
/// (`Arrivals`) makes the request fail before any byte of an answer, and it is sent again on a fresh one.
constexpr Milliseconds kFresh{20};

}  // namespace

UpstreamConnection::UpstreamConnection(Worker& worker, const Origin& origin)
    : worker_(worker), origin_(origin), socket_(worker.context()) {
    worker.sweep().add(*this);
}

UpstreamConnection::~UpstreamConnection() = default;

void UpstreamConnection::cancel() {
    cancelled_ = true;
    finished_ = true;
    if (queued_ != nullptr) {
        queued_->give_up();
    }
    boost::system::error_code ignored;
    socket_.cancel(ignored);
}

void UpstreamConnection::on_sweep(SteadyTime now) {
    if (now >= deadline_) {
        deadline_ = SteadyTime::max();
        timed_out_ = true;
        boost::system::error_code ignored;
        socket_.cancel(ignored);
    } else if (now >= address_deadline_) {
        address_deadline_ = SteadyTime::max();
        address_over_ = true;
        boost::system::error_code ignored;
        socket_.cancel(ignored);
    } else if (arrivals_) {
        arrivals_->look_again();
    }
}

Error UpstreamConnection::failure(Phase phase, const boost::system::error_code& error) const {
    if (cancelled_) {
        return Error::client_gone();
    }
    if (timed_out_) {
        if (phase == Phase::Connect) {
            return Error::upstream(ErrorKind::UpstreamTimeout, "upstream_timeout",
                                   "The provider did not accept a connection in time.");
        }
        return phase == Phase::Body
                   ? Error::upstream(ErrorKind::UpstreamStalled, "upstream_stalled", "The provider's answer stopped coming.")
                   : Error::upstream(ErrorKind::UpstreamTimeout, "upstream_timeout", "The provider did not answer in time.");
    }
    const bool ended = phase == Phase::Body;
    // A pooled connection that dies before any byte of the answer was most likely closed while it was idle.
    const Retry retry = phase == Phase::Connect             ? Retry::Safe
                        : (reused() && !received_anything_) ? Retry::OnlyIfReused
                                                            : Retry::Never;
    return Error::upstream(ended ? ErrorKind::UpstreamTruncated : ErrorKind::UpstreamUnavailable,
                           ended ? "upstream_truncated" : "upstream_unavailable",
                           ended                     ? "The provider's answer ended before it was complete."
                           : phase == Phase::Connect ? "The provider cannot be reached."
                                                     : "The provider closed the connection without an answer.")
        .with_detail(origin_.key + ": " + error.message())
        .with_retry(retry);
}

// Not a coroutine itself: every request passes here, and each coroutine has a frame to make.
Task<Result<void>> UpstreamConnection::send(std::span<const std::string_view> pieces, SteadyTime deadline) {
    ++requests_;
    buffer_.consume(std::exchange(parsed_, 0));
    pieces_.clear();
    received_anything_ = false;
    finished_ = false;
    parser_ = nullptr;
    return send_more(pieces, deadline);
}

Task<Result<void>> UpstreamConnection::send_more(std::span<const std::string_view> pieces, SteadyTime deadline) {
    deadline_ = deadline;
    boost::system::error_code error;
    if (tls_) {
        error = co_await send_encrypted(pieces);
    } else {
        GatheredWrite write(pieces);
        bool ended = false;
        if (write.remaining() > SendTurn::kQueuedBytesMax) {
            ended = write.send_now(socket_, error);
        } else {
            queued_ = &write;
            ended = co_await worker_.send_turn().send(write, socket_, error);
            queued_ = nullptr;
        }
        if (!ended) {
            error = co_await write.send_rest(socket_, nullptr);
        }
    }
    deadline_ = SteadyTime::max();
    if (error || timed_out_ || cancelled_) {
        finished_ = true;
        co_return failure(Phase::Send, error);
    }
    co_return Result<void>();
}

bool UpstreamConnection::answers_early() {
    char byte = 0;
    return !tls_ && ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

// Coroutines of their own, because the state of these operations would make the frames of every plain connection's calls too
// large for Asio to recycle (1,020 bytes in Asio 1.26).
Task<boost::system::error_code> UpstreamConnection::send_encrypted(std::span<const std::string_view> pieces) {
    // One record stream: encrypting piece by piece would cost a record and a system call for each.
    flattened_.clear();
    for (const std::string_view piece : pieces) {
        flattened_.append(piece);
    }
    const auto buffer = boost::asio::buffer(flattened_);
    auto [error, written] = co_await boost::asio::async_write(*tls_, buffer, kAwait);
    static_cast<void>(written);
    co_return error;
}

Task<std::tuple<boost::system::error_code, std::size_t>> UpstreamConnection::read_encrypted(boost::asio::mutable_buffer target) {
    auto result = co_await tls_->async_read_some(target, kAwait);
    co_return result;
}

Task<Result<std::size_t>> UpstreamConnection::read_more() {
    // A few bytes of framing may wait in the buffer; they are no reason for it to grow.
    const std::size_t wanted = std::max(read_bytes_, kReadBytesMin);
    char* const space = buffer_.prepare(wanted - std::min(buffer_.size(), wanted / 2));
    const std::size_t room = buffer_.writable();
    boost::system::error_code error;
    std::size_t size = 0;
    if (tls_) {
        std::tie(error, size) = co_await read_encrypted(boost::asio::buffer(space, room));
    } else {
        if (ended_by_close()) {
            arrivals_->expect_end();
        }
        std::optional<std::size_t> got;
        while (!timed_out_ && !cancelled_ && !(got = arrivals_->read_now(space, room, error))) {
            co_await arrivals_->arrival();
        }
        size = got.value_or(0);
    }
    if (error == boost::asio::error::eof && !timed_out_ && !cancelled_) {
        co_return std::size_t{0};
    }
    if (error || timed_out_ || cancelled_) {
        finished_ = true;
        co_return failure(parser_ && parser_->is_header_done() ? Phase::Body : Phase::Head, error);
    }
    received_anything_ = true;
    if (size == room) {
        read_bytes_ = std::min(std::max(2 * size, kReadBytesMin), kReadBytesMax);
    }
    buffer_.commit(size);
    co_return size;
}

Result<void> UpstreamConnection::parse_head() {
    boost::beast::error_code error;
    head_.fields.clear();
    pieces_.clear();
    parser_ = std::make_unique<ResponseParser>();
    parser_->body_limit(boost::none);
    parser_->header_limit(static_cast<std::uint32_t>(kHeadBytesMax));
    parser_->fields = &head_.fields;
    parser_->body = &pieces_;
    parser_->eager(true);
    const std::size_t used = parser_->feed(head_text_, true, error);
    if (error || !parser_->is_header_done() || used != head_text_.size()) {
        finished_ = true;
        return Error::upstream(ErrorKind::UpstreamMalformed, "upstream_malformed", "The provider's answer is not valid HTTP.")
            .with_detail(origin_.key + ": " + error.message());
    }
    head_.status = parser_->status;
    return Result<void>();
}

Task<Result<void>> UpstreamConnection::read_head(SteadyTime deadline) {
    deadline_ = deadline;
    timed_out_ = false;  // An upstream that takes no more of the request may have said why.
    constexpr unsigned kInterimMax = 8;
    for (unsigned interim = 0; interim <= kInterimMax; ++interim) {
        std::size_t scanned = 0;
        std::optional<std::size_t> end;
        while (!(end = wire::find_head_end(buffer_.view(), scanned))) {
            scanned = buffer_.size();
            if (scanned > kHeadBytesMax) {
                finished_ = true;
                co_return Error::upstream(ErrorKind::UpstreamMalformed, "upstream_malformed",
                                          "The provider's response head is too large.");
            }
            auto more = co_await read_more();
            if (!more) {
                co_return more.error();
            }
            if (*more == 0) {
                finished_ = true;
                const boost::system::error_code eof = boost::asio::error::eof;
                co_return failure(Phase::Head, eof);
            }
        }
        head_text_.assign(buffer_.view().substr(0, *end));
        buffer_.consume(*end);
        auto parsed = parse_head();
        if (!parsed) {
            co_return parsed.error();
        }
        if (head_.status >= 200) {
            deadline_ = SteadyTime::max();
            co_return Result<void>();
        }
        if (head_.status == 101) {
            break;
        }
    }
    finished_ = true;
    co_return Error::upstream(ErrorKind::UpstreamMalformed, "upstream_malformed", "The provider sent interim responses only.");
}

Result<void> UpstreamConnection::parse_body() {
    buffer_.consume(std::exchange(parsed_, 0));
    boost::beast::error_code error;
    parsed_ = parser_->feed(buffer_.view(), false, error);
    if (!error) {
        return {};
    }
    finished_ = true;
    return Error::upstream(ErrorKind::UpstreamMalformed, "upstream_malformed", "The provider's answer is not valid HTTP.")
        .with_detail(origin_.key + ": " + error.message());
}

std::optional<Result<BodyBatch>> UpstreamConnection::body_at_hand() {
    pieces_.clear();
    const auto parsed = parse_body();
    if (!parsed) {
        return parsed.error();
    }
    if (pieces_.empty() && !parser_->is_done()) {
        return std::nullopt;
    }
    return BodyBatch{pieces_, parser_->is_done()};
}

Task<Result<BodyBatch>> UpstreamConnection::read_body(SteadyTime deadline) {
    auto batch = body_at_hand();
    while (!batch) {
        // What is left is framing that has not arrived whole.
        deadline_ = deadline;
        auto more = co_await read_more();
        deadline_ = SteadyTime::max();
        if (!more) {
            co_return more.error();
        }
        if (*more == 0) {
            finished_ = true;
            boost::beast::error_code error;
            parser_->put_eof(error);
            if (error) {
                co_return failure(Phase::Body, boost::asio::error::eof);
            }
            pieces_.clear();
            co_return BodyBatch{pieces_, parser_->is_done()};
        }
        batch = body_at_hand();
    }
    co_return *batch;
}

bool UpstreamConnection::ended_by_close() const noexcept {
    return parser_ && parser_->need_eof();
}

bool UpstreamConnection::reusable() const noexcept {
    return !finished_ && !timed_out_ && !cancelled_ && parser_ && parser_->is_done() && parser_->keep_alive() &&
           buffer_.size() == parsed_;
}

bool UpstreamConnection::stale(SteadyTime now) {
    if (buffer_.size() != parsed_) {
        return true;
    }
    if (arrivals_ && !arrivals_->expected() && now - idle_since < kFresh) {
        return false;
    }
    char byte = 0;
    return ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

}  // namespace tierway::net
