#pragma once

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <string>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/base/time.hpp"
#include "tierway/net/task.hpp"

namespace tierway::net {

/// Name look-ups of one worker, off the request path: only the first request of a name waits for one. Answers are kept for
/// `kKeep` and then renewed in the background while they go on to serve; when that fails, the last good one stays. Requests that
/// ask for the same name at once share one look-up, because the system resolver works for each event loop on a single thread,
/// where a name that hangs makes all others wait.
class Resolver {
public:
    static constexpr std::chrono::seconds kKeep{30};
    using Endpoint = boost::asio::ip::tcp::endpoint;
    using Addresses = std::vector<Endpoint>;
    /// Asks for a name's addresses; empty with `error` when there are none.
    using Lookup = std::function<Task<Addresses>(std::string host, std::uint16_t port, boost::system::error_code& error)>;

    /// The system's resolver.
    explicit Resolver(boost::asio::io_context& context);
    Resolver(boost::asio::io_context& context, Lookup lookup);

    /// The addresses in the order in which they should be tried. Errors: UpstreamUnavailable when the name cannot be resolved and
    /// never could; UpstreamTimeout when that is not known by `deadline`.
    Task<Result<Addresses>> resolve(std::string host, std::uint16_t port, SteadyTime deadline);
    /// One of several addresses answered: it is tried first from now on, also after a renewal.
    void prefer(const std::string& host, std::uint16_t port, const Endpoint& endpoint);

private:
    using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                    boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;
    struct Entry {
        Addresses addresses;  ///< Empty until a look-up went well.
        Endpoint preferred;
        SteadyTime until{};
        bool looking_up = false;
        boost::system::error_code problem;  ///< Of the last look-up.
        std::list<Timer*> waiting;
    };

    void begin_lookup(const std::string& key, const std::string& host, std::uint16_t port);
    Task<> look_up(std::string key, std::string host, std::uint16_t port);
    static void put_preferred_first(Entry& entry);

    boost::asio::io_context& context_;
    Lookup lookup_;
    std::map<std::string, Entry, std::less<>> cache_;  ///< By "host:port"; bounded by the providers ever configured.
};

}  // namespace tierway::net
