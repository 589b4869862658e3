#include "tierway/net/server.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/address.hpp>
#include <exception>
#include <utility>

#include "net/server_connection.hpp"
#include "net/turn_away.hpp"
#include "tierway/telemetry/log.hpp"

namespace tierway::net {
namespace {

/// How long accepting pauses when the system has no descriptors or memory left.
constexpr Milliseconds kAcceptBackoff{100};
/// Connections that the system's queue may hold for us when accepting ends.
constexpr unsigned kQueuedMax = 4'096;

void serve(Worker& worker, Handler& handler, std::shared_ptr<Server::Shared> shared, Socket socket) {
    auto connection = std::make_shared<ServerConnection>(worker, handler, std::move(shared), std::move(socket));
    boost::asio::co_spawn(worker.executor(), connection->run(), [connection](const std::exception_ptr& fault) {
        if (fault) {
            // Exceptions are bugs on the request path; one must not take the process and its other requests with it.
            telemetry::log_exception("A connection ended by an exception", fault);
        }
    });
}

}  // namespace

Server::Server(std::vector<ServingWorker> workers, ServerLimits limits, std::function<void()> turned_away)
    : workers_(std::move(workers)),
      shared_(std::make_shared<Shared>()),
      turned_away_(std::move(turned_away)),
      acceptor_(workers_.front().worker->context()) {
    shared_->limits = limits;
}

Server::~Server() = default;

Result<std::uint16_t> Server::listen(const std::string& host, std::uint16_t port) {
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(host, error);
    if (!error) {
        const boost::asio::ip::tcp::endpoint endpoint(address, port);
        acceptor_.open(endpoint.protocol(), error);
        if (!error) {
            acceptor_.set_option(boost::asio::socket_base::reuse_address(true), error);
        }
        if (!error) {
            acceptor_.bind(endpoint, error);
        }
        if (!error) {
            acceptor_.listen(boost::asio::socket_base::max_listen_connections, error);
        }
    }
    if (error) {
        return Error::internal("Cannot listen on " + host + ":" + std::to_string(port) + ": " + error.message() +
                               ". Choose another address or end what uses it.");
    }
    const std::uint16_t bound = acceptor_.local_endpoint(error).port();
    workers_.front().worker->post([this] { accept_next(); });
    return bound;
}

ServingWorker& Server::least_loaded() noexcept {
    return *std::min_element(workers_.begin(), workers_.end(), [](const ServingWorker& a, const ServingWorker& b) {
        return a.worker->live_connections.load(std::memory_order_relaxed) <
               b.worker->live_connections.load(std::memory_order_relaxed);
    });
}

void Server::accept_next() {
    if (shared_->reached(ServerPhase::Closed)) {
        return;
    }
    ServingWorker& chosen = least_loaded();
    acceptor_.async_accept(chosen.worker->context(), [this, &chosen](const boost::system::error_code& error, Socket socket) {
        if (error == boost::asio::error::operation_aborted) {
            return;
        }
        if (error) {
            telemetry::log_warning("Accepting connections failed; pausing: " + error.message());
            boost::asio::co_spawn(workers_.front().worker->executor(), workers_.front().worker->sleep(kAcceptBackoff),
                                  [this](const std::exception_ptr&) { accept_next(); });
            return;
        }
        hand_over(chosen, std::move(socket));
        accept_next();
    });
}

void Server::hand_over(const ServingWorker& chosen, Socket socket) {
    const auto accepted = std::make_shared<Socket>(std::move(socket));
    if (live_connections() < shared_->limits.connections_max && !shared_->turns_away.load(std::memory_order_relaxed)) {
        chosen.worker->post([worker = chosen.worker, handler = chosen.handler, shared = shared_, accepted] {
            serve(*worker, *handler, shared, std::move(*accepted));
        });
        return;
    }
    // Counted first: whoever has read the refusal finds it in the metrics.
    if (turned_away_) {
        turned_away_();
    }
    chosen.worker->post([worker = chosen.worker, shared = shared_, accepted] {
        turn_away_politely(*worker, std::move(*accepted), {shared, &shared->being_turned_away});
    });
}

void Server::enter(ServerPhase phase) {
    ServerPhase before = shared_->phase.load(std::memory_order_relaxed);
    while (before < phase && !shared_->phase.compare_exchange_weak(before, phase, std::memory_order_relaxed)) {
    }
    if (before < ServerPhase::Closed && phase >= ServerPhase::Closed) {
        workers_.front().worker->post([this] { close_acceptor(); });
    }
}

void Server::turn_away(bool all) noexcept {
    shared_->turns_away.store(all, std::memory_order_relaxed);
}

// Connections that the system has already accepted for us would be reset: they are served first.
void Server::close_acceptor() {
    boost::system::error_code error;
    acceptor_.non_blocking(true, error);
    for (unsigned queued = 0; queued < kQueuedMax && !error; ++queued) {
        const ServingWorker& chosen = least_loaded();
        Socket socket(chosen.worker->context());
        acceptor_.accept(socket, error);
        if (!error) {
            hand_over(chosen, std::move(socket));
        }
    }
    acceptor_.close(error);
}

unsigned Server::live_connections() const noexcept {
    unsigned live = 0;
    for (const ServingWorker& serving : workers_) {
        live += serving.worker->live_connections.load(std::memory_order_relaxed);
    }
    return live;
}

}  // namespace tierway::net
