#pragma once

#include <boost/asio/ssl/stream.hpp>
#include <memory>

#include "tierway/net/origin.hpp"
#include "tierway/net/task.hpp"

namespace tierway::net {

/// TLS to an origin over a connected socket, before its handshake: it names the host to the server, and the handshake succeeds
/// only with a chain that the origin's trust anchors verify and a certificate for that host. The socket must outlive it.
/// REQUIRES: the origin has a TLS context.
std::unique_ptr<boost::asio::ssl::stream<Socket&>> make_tls_stream(Socket& socket, const Origin& origin);

}  // namespace tierway::net
