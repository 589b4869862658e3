#include "tierway/net/byte_stream.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <string>
#include <utility>

#include "net/client_tls.hpp"
#include "tierway/net/upstream_pool.hpp"
#include "tierway/net/worker.hpp"

namespace tierway::net {
namespace {

Error problem(const boost::system::error_code& error) {
    return Error::internal(error.message());
}

}  // namespace

ByteStream::ByteStream(Worker& worker, const Origin& origin) : worker_(worker), origin_(origin), socket_(worker.context()) {}

Task<Result<void>> ByteStream::connect(std::size_t turn, SteadyTime resolve_until) {
    auto addresses = co_await worker_.pool().resolver().resolve(origin_.host, origin_.port, resolve_until);
    if (!addresses) {
        co_return Error::internal("The name cannot be resolved");
    }
    boost::system::error_code error = boost::asio::error::host_not_found;
    for (std::size_t i = 0; i < addresses->size() && error && !closed_; ++i) {
        const Resolver::Endpoint& endpoint = (*addresses)[(turn + i) % addresses->size()];
        boost::system::error_code ignored;
        socket_.close(ignored);
        auto [connect_error] = co_await socket_.async_connect(endpoint, kAwait);
        error = connect_error;
    }
    if (error || closed_) {
        co_return problem(error ? error : boost::asio::error::operation_aborted);
    }
    socket_.set_option(boost::asio::ip::tcp::no_delay(true), error);
    if (origin_.tls) {
        auto shaken = co_await handshake();
        co_return shaken;
    }
    co_return Result<void>();
}

Task<Result<void>> ByteStream::handshake() {
    tls_ = make_tls_stream(socket_, origin_);
    auto [error] = co_await tls_->async_handshake(boost::asio::ssl::stream_base::client, kAwait);
    if (error) {
        const long verdict = SSL_get_verify_result(tls_->native_handle());
        std::string words = "The TLS handshake failed: " + error.message();
        if (verdict != X509_V_OK) {
            words += std::string(" (") + X509_verify_cert_error_string(verdict) + ")";
        }
        co_return Error::internal(words);
    }
    co_return Result<void>();
}

Task<Result<std::size_t>> ByteStream::read_some(std::span<char> into) {
    const auto target = boost::asio::buffer(into.data(), into.size());
    boost::system::error_code error;
    std::size_t size = 0;
    if (tls_) {
        auto [tls_error, tls_size] = co_await tls_->async_read_some(target, kAwait);
        error = tls_error;
        size = tls_size;
    } else {
        auto [plain_error, plain_size] = co_await socket_.async_read_some(target, kAwait);
        error = plain_error;
        size = plain_size;
    }
    if (error || closed_) {
        co_return problem(error ? error : boost::asio::error::operation_aborted);
    }
    co_return size;
}

Task<Result<void>> ByteStream::write(std::string_view bytes) {
    const auto source = boost::asio::buffer(bytes);
    boost::system::error_code error;
    if (tls_) {
        auto [tls_error, tls_size] = co_await boost::asio::async_write(*tls_, source, kAwait);
        error = tls_error;
        static_cast<void>(tls_size);
    } else {
        auto [plain_error, plain_size] = co_await boost::asio::async_write(socket_, source, kAwait);
        error = plain_error;
        static_cast<void>(plain_size);
    }
    if (error || closed_) {
        co_return problem(error ? error : boost::asio::error::operation_aborted);
    }
    co_return Result<void>();
}

void ByteStream::close() {
    closed_ = true;
    boost::system::error_code ignored;
    socket_.close(ignored);
}

}  // namespace tierway::net
