#pragma once

#include <boost/asio/ssl/context.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "tierway/base/error.hpp"

namespace tierway::net {

/// Where an upstream is, and how its identity is verified. Connections are shared only between requests whose origins are equal
/// in everything that makes up that identity: scheme, host, port and trust anchors, which `key` spells out.
struct Origin {
    std::string host;
    std::uint16_t port = 0;
    std::shared_ptr<boost::asio::ssl::context> tls;  ///< Null: plain TCP.
    std::string key;
    unsigned idle_connections_max = 64;  ///< Kept by each worker.
};

/// A client context that verifies the chain and allows TLS 1.2 and newer only.
/// \param ca_file PEM bundle of the trust anchors; empty: the system's.
/// Errors: Internal, when the bundle cannot be read.
Result<std::shared_ptr<boost::asio::ssl::context>> make_client_tls(const std::string& ca_file);

/// \param ca_file part of the key only; the context was made with it.
Origin make_origin(std::string host, std::uint16_t port, std::shared_ptr<boost::asio::ssl::context> tls,
                   const std::string& ca_file, unsigned idle_connections_max);

}  // namespace tierway::net
