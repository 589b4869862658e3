#include <algorithm>
#include <boost/asio/ssl/error.hpp>
#include <utility>

#include "net/arrivals.hpp"
#include "net/client_tls.hpp"
#include "net/response_parser.hpp"
#include "tierway/net/upstream_connection.hpp"
#include "tierway/net/upstream_pool.hpp"
#include "tierway/net/worker.hpp"

namespace tierway::net {
namespace {

/// What the kernel takes in of an answer that waits for a slow client. Without a bound it grows to megabytes.
constexpr int kReceiveBufferBytes = 128 * 1024;
/// How long one of several addresses may take before the next is tried (RELIABILITY.md section 8 row 47: at most 300 ms extra).
constexpr Milliseconds kFirstTry{200};

}  // namespace

Task<Result<void>> UpstreamConnection::connect(SteadyTime deadline) {
    deadline_ = deadline;
    Resolver& resolver = worker_.pool().resolver();
    auto addresses = co_await resolver.resolve(origin_.host, origin_.port, deadline);
    if (!addresses) {
        co_return addresses.error();
    }
    // Several addresses: each is given a moment first, so that one which swallows packets costs no more than that, and then, if
    // none answered, its share of what is left.
    boost::system::error_code error = boost::asio::error::host_not_found;
    bool gave_up_early = false;
    for (const bool patiently : {false, true}) {
        if (patiently && !gave_up_early) {
            break;
        }
        std::size_t left = addresses->size();
        for (const auto& endpoint : *addresses) {
            const SteadyTime now = std::chrono::steady_clock::now();
            const SteadyTime share = now + (deadline - now) / static_cast<std::int64_t>(left--);
            address_deadline_ = addresses->size() == 1 ? SteadyTime::max() : patiently ? share : std::min(share, now + kFirstTry);
            address_over_ = false;
            boost::system::error_code ignored;
            socket_.close(ignored);
            socket_.open(endpoint.protocol(), ignored);
            // Before connecting, because the window's scale is agreed upon then.
            socket_.set_option(boost::asio::socket_base::receive_buffer_size(kReceiveBufferBytes), ignored);
            auto [connect_error] = co_await socket_.async_connect(endpoint, kAwait);
            error = connect_error;
            address_deadline_ = SteadyTime::max();
            gave_up_early = gave_up_early || address_over_;
            if (!error || timed_out_ || cancelled_) {
                break;
            }
        }
        if (!error || timed_out_ || cancelled_) {
            break;
        }
    }
    if (error || timed_out_ || cancelled_) {
        co_return failure(Phase::Connect, error);
    }
    if (addresses->size() > 1) {
        boost::system::error_code unknown;
        const auto connected = socket_.remote_endpoint(unknown);
        resolver.prefer(origin_.host, origin_.port, connected);
    }
    socket_.set_option(boost::asio::ip::tcp::no_delay(true), error);
    socket_.non_blocking(true, error);
    if (origin_.tls) {
        auto shaken = co_await handshake();
        if (!shaken) {
            co_return shaken.error();
        }
    } else {
        arrivals_ = std::make_unique<Arrivals>(socket_, worker_.context());
        arrivals_->watch();
    }
    deadline_ = SteadyTime::max();
    co_return Result<void>();
}

Task<Result<void>> UpstreamConnection::handshake() {
    tls_ = make_tls_stream(socket_, origin_);
    auto [handshake_error] = co_await tls_->async_handshake(boost::asio::ssl::stream_base::client, kAwait);
    if (handshake_error) {
        const Error failed = failure(Phase::Connect, handshake_error);
        finished_ = true;
        if (failed.kind() == ErrorKind::UpstreamUnavailable) {
            co_return Error::upstream(ErrorKind::UpstreamUnavailable, "upstream_tls_failed",
                                      "The provider's identity could not be verified, so nothing was sent to it.")
                .with_detail(std::string(failed.detail()));
        }
        co_return failed;
    }
    co_return Result<void>();
}

}  // namespace tierway::net
