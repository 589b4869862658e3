#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/base/time.hpp"
#include "tierway/net/drain.hpp"
#include "tierway/net/exchange.hpp"
#include "tierway/net/task.hpp"
#include "tierway/net/worker.hpp"
#include "tierway/wire/http_guard.hpp"

namespace tierway::net {

/// Bounds of server connections; defaults are those of RELIABILITY.md section 1.
struct ServerLimits {
    wire::HeadLimits head;
    std::size_t body_bytes_max = std::size_t{10} << 20U;
    unsigned connections_max = 10'000;
    Milliseconds header_timeout{10'000};
    Milliseconds body_timeout{30'000};
    Milliseconds keep_alive_timeout{75'000};
    Milliseconds write_timeout{30'000};
};

/// One of the workers that serve, and the handler it serves with.
struct ServingWorker {
    Worker* worker = nullptr;
    Handler* handler = nullptr;
};

/// A listening address whose connections are spread over workers: each accepted connection goes to the worker with the fewest,
/// because a few long streams hashed by the kernel onto one worker would make its neighbours idle.
/// Life cycle: construct, `listen`, … `enter` the phases of its end, and destroyed only after its workers have stopped.
/// Thread-safe where said.
class Server {
public:
    /// \param turned_away called for each connection that could not be taken on, from the first worker's thread; may be empty.
    Server(std::vector<ServingWorker> workers, ServerLimits limits, std::function<void()> turned_away = {});
    ~Server();

    /// Binds and begins to accept. \returns the bound port, which the system chose when `port` is 0.
    /// Errors: Internal, naming the address and what to do.
    Result<std::uint16_t> listen(const std::string& host, std::uint16_t port);
    /// Goes on to a phase of its end; one that was reached before is passed over. Connections notice within a sweep. From any
    /// thread.
    void enter(ServerPhase phase);
    /// Whether further connections are turned away, as they are beyond `connections_max`: each is told 503 with `Retry-After`
    /// and closed, whatever it asks. From any thread.
    void turn_away(bool all) noexcept;
    /// Connections that still live. From any thread.
    [[nodiscard]] unsigned live_connections() const noexcept;

    /// Shared with the connections; see the source.
    struct Shared;

private:
    void accept_next();
    void hand_over(const ServingWorker& chosen, Socket socket);
    void close_acceptor();
    ServingWorker& least_loaded() noexcept;

    std::vector<ServingWorker> workers_;
    std::shared_ptr<Shared> shared_;
    std::function<void()> turned_away_;
    boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, Executor> acceptor_;
};

}  // namespace tierway::net
