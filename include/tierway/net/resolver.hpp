#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/base/time.hpp"
#include "tierway/net/task.hpp"

namespace tierway::net {

/// Name look-ups of one worker, kept for a while: the system resolver runs on one thread for each event loop, and no request
/// should wait for it twice. When a look-up fails, the last good answer serves on.
class Resolver {
public:
    static constexpr std::chrono::seconds kKeep{30};
    using Addresses = std::vector<boost::asio::ip::tcp::endpoint>;

    explicit Resolver(boost::asio::io_context& context) : resolver_(context) {}

    /// Errors: UpstreamUnavailable when the name cannot be resolved and never could.
    Task<Result<Addresses>> resolve(std::string host, std::uint16_t port);

private:
    struct Entry {
        Addresses addresses;
        SteadyTime until{};
    };

    boost::asio::ip::basic_resolver<boost::asio::ip::tcp, Executor> resolver_;
    std::map<std::string, Entry, std::less<>> cache_;
};

}  // namespace tierway::net
