#include "net/turn_away.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <memory>
#include <string_view>
#include <utility>

#include "tierway/telemetry/log.hpp"

namespace tierway::net {
namespace {

constexpr unsigned kAtOnceMax = 256;
constexpr std::chrono::seconds kLingerTime{1};
constexpr std::size_t kLingerBytesMax = std::size_t{1} << 20U;

constexpr std::string_view kBody =
    R"({"error":{"message":"The gateway has as many connections as it may. Send the request again later.",)"
    R"("type":"service_unavailable_error","param":null,"code":"overloaded"}})";
static_assert(kBody.size() == 168);
constexpr std::string_view kAnswer =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nRetry-After: 1\r\nretry-after-ms: 1000\r\n"
    "Connection: close\r\nContent-Length: 168\r\n\r\n";

/// Closes the socket when the time is over, and counts it while it lives.
class Visitor final : public Swept, public std::enable_shared_from_this<Visitor> {
public:
    Visitor(Worker& worker, Socket socket, std::shared_ptr<std::atomic<unsigned>> under_way)
        : socket_(std::move(socket)), under_way_(std::move(under_way)), until_(std::chrono::steady_clock::now() + kLingerTime) {
        worker.sweep().add(*this);
    }
    ~Visitor() override { under_way_->fetch_sub(1, std::memory_order_relaxed); }

    void on_sweep(SteadyTime now) override {
        if (now >= until_) {
            boost::system::error_code ignored;
            socket_.cancel(ignored);
        }
    }

    Task<> run() {
        boost::system::error_code error;
        socket_.non_blocking(true, error);
        const std::array<boost::asio::const_buffer, 2> answer{boost::asio::buffer(kAnswer), boost::asio::buffer(kBody)};
        // A new connection's window takes these few bytes at once, or the peer is none to wait for.
        socket_.write_some(answer, error);
        if (!error) {
            socket_.shutdown(Socket::shutdown_send, error);
        }
        std::size_t dropped = 0;
        std::array<char, 2'048> bytes;  // NOLINT: only what was read is looked at, and that not either.
        while (!error && dropped < kLingerBytesMax) {
            const auto target = boost::asio::buffer(bytes);
            auto [failed, size] = co_await socket_.async_read_some(target, kAwait);
            error = failed;
            dropped += size;
        }
    }

private:
    Socket socket_;
    std::shared_ptr<std::atomic<unsigned>> under_way_;
    SteadyTime until_;
};

}  // namespace

void turn_away_politely(Worker& worker, Socket socket, std::shared_ptr<std::atomic<unsigned>> under_way) {
    if (under_way->fetch_add(1, std::memory_order_relaxed) >= kAtOnceMax) {
        under_way->fetch_sub(1, std::memory_order_relaxed);
        return;
    }
    auto visitor = std::make_shared<Visitor>(worker, std::move(socket), std::move(under_way));
    boost::asio::co_spawn(worker.executor(), visitor->run(), [visitor](const std::exception_ptr& fault) {
        if (fault) {
            telemetry::log_exception("A connection that was turned away ended by an exception", fault);
        }
    });
}

}  // namespace tierway::net
