#pragma once

#include <boost/asio/async_result.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "tierway/net/task.hpp"

namespace boost::asio::detail {
class epoll_reactor;
}

namespace tierway::net {

/// What the event loop hears about a socket's arrivals, remembered. Asio's reads ask the system before they wait, because events
/// that find no read waiting are forgotten; on a connection that takes turns, as HTTP does, nearly every such question is in vain
/// (one in three system calls of a request). Here a read is tried only when something may have come.
///
/// One thing it cannot hear: the peer's end, when it came together with the last bytes. `expect_end` and `look_again` are for
/// that.
///
/// Life cycle: construct with a socket, `watch` once it is connected; afterwards nobody else may wait for the socket to become
/// readable. Goes before its socket, or the socket closes before. Lives on the socket's worker.
class Arrivals {
public:
    Arrivals(Socket& socket, boost::asio::io_context& context);
    ~Arrivals();
    Arrivals(const Arrivals&) = delete;
    Arrivals& operator=(const Arrivals&) = delete;

    /// Begins to listen. The first read is tried in any case.
    void watch();

    /// Whether a read may bring something: bytes, the end or an error.
    [[nodiscard]] bool expected() const noexcept { return expected_; }
    /// Reads what is there. Empty when nothing is: `arrival` tells when to try again. `error` is eof at the end.
    std::optional<std::size_t> read_now(char* space, std::size_t size, boost::system::error_code& error);
    /// Waits until something is expected, or until the wait is cut short (`socket.cancel()`, `socket.close()`); whoever did that
    /// knows. In any case a read may be tried again.
    Task<> arrival() {
        return boost::asio::async_initiate<Token, void()>([this](Handler resume) { waiting_.emplace(std::move(resume)); }, token_);
    }
    /// Calls back when something is expected and no `arrival` is awaited; once. An empty function clears it.
    void notify(std::function<void()> arrived) { notify_ = std::move(arrived); }

    /// The peer's end is what ends the message: it is looked for even where no event tells of it.
    void expect_end() noexcept { expected_ = true; }
    /// Looks whether the peer's end has come unheard, and wakes who awaits an arrival if so. For sweeps: the first one in each
    /// wait asks the system.
    void look_again();

private:
    using Token = boost::asio::use_awaitable_t<Executor>;
    using Handler = boost::asio::async_result<Token, void()>::handler_type;

    class Event;
    void arrived(bool heard);

    Socket& socket_;
    boost::asio::detail::epoll_reactor& reactor_;
    Token token_;
    Event* event_ = nullptr;  ///< Owned while the reactor does not hold it.
    bool expected_ = true;
    bool looked_ = false;  ///< In this wait.
    std::optional<Handler> waiting_;
    std::function<void()> notify_;
};

}  // namespace tierway::net
