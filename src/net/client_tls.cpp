#include "net/client_tls.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>

namespace tierway::net {

std::unique_ptr<boost::asio::ssl::stream<Socket&>> make_tls_stream(Socket& socket, const Origin& origin) {
    namespace ssl = boost::asio::ssl;
    auto stream = std::make_unique<ssl::stream<Socket&>>(socket, *origin.tls);
    boost::system::error_code not_numeric;
    boost::asio::ip::make_address(origin.host, not_numeric);
    if (not_numeric) {
        // Server name indication is for names only (RFC 6066 section 3).
        SSL_set_tlsext_host_name(stream->native_handle(), origin.host.c_str());
    }
    boost::system::error_code ignored;
    stream->set_verify_callback(ssl::host_name_verification(origin.host), ignored);
    return stream;
}

}  // namespace tierway::net
