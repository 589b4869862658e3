#include "tierway/net/origin.hpp"

#include <openssl/ssl.h>

#include <utility>

namespace tierway::net {

Result<std::shared_ptr<boost::asio::ssl::context>> make_client_tls(const std::string& ca_file) {
    namespace ssl = boost::asio::ssl;
    auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
    boost::system::error_code error;
    if (ca_file.empty()) {
        context->set_default_verify_paths(error);
    } else {
        context->load_verify_file(ca_file, error);
    }
    if (error) {
        return Error::internal("The trust anchors in `" + (ca_file.empty() ? "the system's store" : ca_file) +
                               "` cannot be loaded: " + error.message() + ".");
    }
    context->set_verify_mode(ssl::verify_peer);
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
    // Half of a TLS connection's memory is its two record buffers; give them back while it is silent.
    SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);
    return context;
}

Origin make_origin(std::string host, std::uint16_t port, std::shared_ptr<boost::asio::ssl::context> tls,
                   const std::string& ca_file, unsigned idle_connections_max) {
    Origin origin;
    origin.key = (tls ? "https|" : "http|") + host + '|' + std::to_string(port) + '|' + ca_file;
    origin.host = std::move(host);
    origin.port = port;
    origin.tls = std::move(tls);
    origin.idle_connections_max = idle_connections_max;
    return origin;
}

}  // namespace tierway::net
