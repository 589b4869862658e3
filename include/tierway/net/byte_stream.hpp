#pragma once

#include <boost/asio/ssl/stream.hpp>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "tierway/base/error.hpp"
#include "tierway/base/time.hpp"
#include "tierway/net/origin.hpp"
#include "tierway/net/task.hpp"

namespace tierway::net {

class Worker;

/// One connection to a service that does not speak HTTP: bytes both ways, plain or TLS with chain, host name and server name
/// verified as for providers. It knows no deadlines: its owner closes it, which ends whatever waits. One reader and one writer at
/// a time. Belongs to its worker's thread; the coroutines that use it keep it alive.
/// Errors: Internal, with what an operator can read ("Connection refused").
class ByteStream {
public:
    ByteStream(Worker& worker, const Origin& origin);

    /// \param turn which of several addresses is tried first, so that one that swallows packets does not block the rest.
    /// \param resolve_until the longest that the name's look-up may take.
    Task<Result<void>> connect(std::size_t turn, SteadyTime resolve_until);
    /// At least one byte. An error also when the peer closed the connection.
    Task<Result<std::size_t>> read_some(std::span<char> into);
    /// All of it. `bytes` stays in place until it returns.
    Task<Result<void>> write(std::string_view bytes);
    void close();

private:
    Task<Result<void>> handshake();

    Worker& worker_;
    Origin origin_;
    Socket socket_;
    std::unique_ptr<boost::asio::ssl::stream<Socket&>> tls_;
    bool closed_ = false;
};

}  // namespace tierway::net
