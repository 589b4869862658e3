#include "net/server_connection.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <utility>

#include "net/send_turn.hpp"
#include "tierway/base/number_text.hpp"

namespace tierway::net {
namespace {

/// Bytes of one connection that the kernel takes beyond what is on its way (tcp(7), TCP_NOTSENT_LOWAT).
constexpr int kUnsentBytesMax = 64 * 1024;

/// How long and how much we read after refusing a request, so that the client gets to see the answer instead of a reset.
constexpr std::chrono::seconds kLingerTime{2};
constexpr std::size_t kLingerBytesMax = std::size_t{4} << 20U;

/// The same, and how long a write may take, once the server is ending. Together they must fit into `DrainSchedule::kLastWords`.
constexpr Milliseconds kLastLingerTime{500};
constexpr Milliseconds kLastWriteTime{1'000};

/// What an idle connection keeps of its buffer.
constexpr std::size_t kIdleBufferBytes = std::size_t{64} * 1024;

/// Requests younger than this are not watched for the client's departure: arming the watch costs a system call.
constexpr Milliseconds kWatchAfter{20};

}  // namespace

ServerConnection::ServerConnection(Worker& worker, Handler& handler, std::shared_ptr<Server::Shared> shared, Socket socket)
    : worker_(worker), handler_(handler), shared_(std::move(shared)), socket_(std::move(socket)), arrivals_(socket_, worker.context()) {
    worker.live_connections.fetch_add(1, std::memory_order_relaxed);
    worker.sweep().add(*this);
}

ServerConnection::~ServerConnection() {
    worker_.live_connections.fetch_sub(1, std::memory_order_relaxed);
}

void ServerConnection::on_sweep(SteadyTime now) {
    if (stage_ == Stage::Idle && deadline_ != SteadyTime::max()) {
        // Idle since the sweep before, at least.
        buffer_.release_beyond(kIdleBufferBytes);
    } else if (stage_ == Stage::Idle && !timed_out_) {
        // Begins at the first sweep, so that requests that follow each other closely need not ask for the time.
        deadline_ = now + shared_->limits.keep_alive_timeout;
    }
    if (now >= deadline_) {
        give_up_waiting();
        if (stage_ == Stage::Handling) {
            peer_left();
        }
        return;
    }
    if (shared_->reached(ServerPhase::Closed)) {
        close_if_idle();
        if (!shutting_down_ && shared_->reached(ServerPhase::Ending)) {
            end(now);
        }
    }
    if (stage_ != Stage::Handling) {
        arrivals_.look_again();
    } else if (!watching_ && !pipelined_ && !client_gone_ && now - began_at_ >= kWatchAfter) {
        watch_peer();
    }
}

void ServerConnection::give_up_waiting() {
    deadline_ = SteadyTime::max();
    timed_out_ = true;
    boost::system::error_code ignored;
    socket_.cancel(ignored);
}

void ServerConnection::close_if_idle() {
    char byte = 0;
    if (stage_ == Stage::Idle && ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0) {
        give_up_waiting();
    }
}

void ServerConnection::end(SteadyTime now) {
    shutting_down_ = true;
    last_words_until_ = now + kLastWriteTime;
    if (deadline_ != SteadyTime::max()) {
        deadline_ = std::min(deadline_, last_words_until_);
    }
    if (stage_ == Stage::Head || stage_ == Stage::Body) {
        give_up_waiting();
    } else if (stage_ == Stage::Handling) {
        if (pausing_ != nullptr) {
            pausing_->cancel();
        }
        if (const auto notify = std::exchange(on_shutdown_, nullptr)) {
            notify();
        }
    }
}

void ServerConnection::on_write_progress() {
    deadline_ = std::min(std::chrono::steady_clock::now() + shared_->limits.write_timeout, last_words_until_);
}

// No read is tried while a handler works, so nothing else would tell that the client left.
void ServerConnection::watch_peer() {
    watching_ = true;
    char byte = 0;
    const ssize_t size = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (size > 0) {
        // The next request already waits, and hides the client's end from us.
        pipelined_ = true;
    } else if (size == 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) {
        peer_left();
    } else {
        arrivals_.notify([this] { watch_peer(); });
    }
}

void ServerConnection::peer_left() {
    if (!std::exchange(client_gone_, true)) {
        if (pausing_ != nullptr) {
            pausing_->cancel();
        }
        if (const auto notify = std::exchange(on_gone_, nullptr)) {
            notify();
        }
    }
}

Task<> ServerConnection::run() {
    boost::system::error_code error;
    socket_.set_option(boost::asio::ip::tcp::no_delay(true), error);
    // What a client does not read waits with its provider, not in our kernel, whose send buffers grow to megabytes.
    const int unsent_max = kUnsentBytesMax;
    ::setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent_max, sizeof unsent_max);
    socket_.non_blocking(true, error);
    arrivals_.watch();
    while (!error) {
        Received received = co_await receive();
        if (received == Received::Closed) {
            break;
        }
        if (received == Received::Request && shutting_down_) {
            received = refuse(server_shutting_down());
        }
        close_after_ = close_after_ || received == Received::Refused;
        if (received == Received::Refused || !parts_) {
            stage_ = Stage::Handling;
        }
        head_pending_ = head_sent_ = false;
        Exchange exchange(*this);
        co_await handler_.handle(exchange);
        on_gone_ = on_shutdown_ = nullptr;
        if (std::exchange(watching_, false)) {
            arrivals_.notify({});
        }
        deadline_ = SteadyTime::max();
        if (close_after_ || client_gone_ || abandoned_ || timed_out_) {
            break;
        }
        stage_ = Stage::Idle;
    }
    stage_ = Stage::Closing;
    co_await close_gently();
}

Task<> ServerConnection::close_gently() {
    boost::system::error_code ignored;
    if (!client_gone_ && socket_.is_open()) {
        socket_.shutdown(Socket::shutdown_send, ignored);
        // Unread bytes would turn our close into a reset, which can take the answer away from the client.
        timed_out_ = false;
        deadline_ = std::chrono::steady_clock::now() + (shutting_down_ ? kLastLingerTime : kLingerTime);
        std::size_t drained = 0;
        while (drained < kLingerBytesMax && (receive_error_ || abandoned_ || (parts_ && !parts_->ended) || !buffer_.empty())) {
            buffer_.consume(buffer_.size());
            const bool arrived = co_await read_more(kReadBytes);
            if (!arrived) {
                break;
            }
            drained += buffer_.size();
        }
    }
    socket_.close(ignored);
}

void ServerConnection::begin_head(unsigned status, std::string_view headers, std::string_view framing) {
    close_after_ = close_after_ || shared_->reached(ServerPhase::Announced);
    std::array<char, kNumberTextMax> digits;  // NOLINT: written before it is read.
    const char* const end = write_integer(digits.data(), status);
    out_head_.clear();
    out_head_.append("HTTP/1.1 ", std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())), " ",
                     reason_phrase(status), "\r\nDate: ", worker_.http_date(), "\r\n", headers,
                     close_after_ ? "Connection: close\r\n" : "", framing, "\r\n");
    head_pending_ = true;
}

Task<bool> ServerConnection::pause(Nanoseconds duration) {
    Timer timer(worker_.context());
    if (!client_gone_ && !shutting_down_) {
        timer.expires_after(duration);
        pausing_ = &timer;
        co_await timer.async_wait(kAwait);
        pausing_ = nullptr;
    }
    co_return !client_gone_ && !shutting_down_;
}

Task<bool> ServerConnection::send(std::span<const std::string_view> pieces) {
    if (client_gone_ || timed_out_) {
        co_return false;
    }
    GatheredWrite write(pieces);
    boost::system::error_code error;
    bool ended = false;
    if (write.remaining() > SendTurn::kQueuedBytesMax) {
        ended = write.send_now(socket_, error);
    } else {
        ended = co_await worker_.send_turn().send(write, socket_, error);
    }
    if (!ended) {
        on_write_progress();
        error = co_await write.send_rest(socket_, this);
        deadline_ = SteadyTime::max();
    }
    head_pending_ = false;
    head_sent_ = true;
    if (error) {
        peer_left();
        co_return false;
    }
    co_return true;
}

}  // namespace tierway::net
