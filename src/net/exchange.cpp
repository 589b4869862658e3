#include "tierway/net/exchange.hpp"

#include <sys/socket.h>

#include <array>
#include <charconv>
#include <utility>

#include "net/server_connection.hpp"

namespace tierway::net {
namespace {

constexpr std::string_view kChunkedFraming = "Transfer-Encoding: chunked\r\n";
constexpr std::string_view kLastChunk = "0\r\n\r\n";

Task<bool> already(bool result) {
    co_return result;
}

}  // namespace

const std::optional<Error>& Exchange::receive_error() const noexcept {
    return connection_.receive_error_;
}
std::string_view Exchange::method() const noexcept {
    return connection_.method_;
}
std::string_view Exchange::target() const noexcept {
    return connection_.target_;
}
const wire::HttpFields& Exchange::fields() const noexcept {
    return connection_.fields_;
}
SteadyTime Exchange::began_at() const noexcept {
    return connection_.began_at_;
}
bool Exchange::head_sent() const noexcept {
    return connection_.head_sent_;
}
bool Exchange::client_gone() const noexcept {
    return connection_.client_gone_;
}
Worker& Exchange::worker() noexcept {
    return connection_.worker_;
}

std::string_view Exchange::body() const noexcept {
    return connection_.body_was_chunked_ ? std::string_view(connection_.chunked_body_)
                                         : connection_.buffer_.view().substr(0, connection_.body_bytes_);
}

bool Exchange::body_in_parts() const noexcept {
    return connection_.parts_ != nullptr;
}

Task<Result<BodyPart>> Exchange::read_body() {
    return connection_.receive_part();
}

void Exchange::on_client_gone(std::function<void()> notify) {
    if (connection_.client_gone_ && notify) {
        notify();
        return;
    }
    connection_.on_gone_ = std::move(notify);
}

bool Exchange::shutting_down() const noexcept {
    return connection_.shutting_down_;
}

void Exchange::on_shutdown(std::function<void()> notify) {
    if (connection_.shutting_down_ && notify) {
        notify();
        return;
    }
    connection_.on_shutdown_ = std::move(notify);
}

Task<bool> Exchange::pause(Nanoseconds duration) {
    return connection_.pause(duration);
}

Task<bool> Exchange::respond(unsigned status, const HeaderBlock& headers, std::span<const std::string_view> body) {
    std::size_t size = 0;
    for (const std::string_view piece : body) {
        size += piece.size();
    }
    std::array<char, 48> framing{};
    constexpr std::string_view kName = "Content-Length: ";
    kName.copy(framing.data(), kName.size());
    char* end = std::to_chars(framing.data() + kName.size(), framing.data() + framing.size() - 2, size).ptr;
    *end++ = '\r';
    *end++ = '\n';
    connection_.begin_head(status, headers.text(), {framing.data(), static_cast<std::size_t>(end - framing.data())});
    connection_.out_.clear();
    connection_.out_.push_back(connection_.out_head_.view());
    // A response to HEAD, and one that says that nothing changed, has the length of the body and none of its bytes (RFC 9110
    // sections 9.3.2 and 15.4.5).
    if (connection_.method_ != "HEAD" && status != 304) {
        connection_.out_.insert(connection_.out_.end(), body.begin(), body.end());
    }
    return connection_.send(connection_.out_);
}

Task<bool> Exchange::respond_without_content(unsigned status, const HeaderBlock& headers) {
    connection_.begin_head(status, headers.text(), {});
    connection_.out_.assign(1, connection_.out_head_.view());
    const std::span<const std::string_view> pieces(connection_.out_);
    const bool sent = co_await connection_.send(pieces);
    co_return sent;
}

void Exchange::begin_stream(unsigned status, const HeaderBlock& headers) {
    connection_.begin_head(status, headers.text(), kChunkedFraming);
}

Task<bool> Exchange::write(std::span<const std::string_view> pieces) {
    std::size_t size = 0;
    for (const std::string_view piece : pieces) {
        size += piece.size();
    }
    if (size == 0) {
        return already(!connection_.client_gone_);
    }
    std::array<char, 20>& chunk_head = connection_.chunk_head_;
    char* end = std::to_chars(chunk_head.data(), chunk_head.data() + 16, size, 16).ptr;
    *end++ = '\r';
    *end++ = '\n';
    connection_.out_.clear();
    if (connection_.head_pending_) {
        connection_.out_.push_back(connection_.out_head_.view());
    }
    connection_.out_.emplace_back(chunk_head.data(), static_cast<std::size_t>(end - chunk_head.data()));
    connection_.out_.insert(connection_.out_.end(), pieces.begin(), pieces.end());
    connection_.out_.emplace_back("\r\n");
    return connection_.send(connection_.out_);
}

bool Exchange::write_now(std::string_view piece) {
    if (connection_.client_gone_) {
        return false;
    }
    TextBuffer& out = connection_.out_head_;
    if (!connection_.head_pending_) {
        out.clear();
    }
    std::array<char, 20> chunk_head{};
    const char* const end = std::to_chars(chunk_head.data(), chunk_head.data() + chunk_head.size(), piece.size(), 16).ptr;
    out.append(std::string_view(chunk_head.data(), static_cast<std::size_t>(end - chunk_head.data())), "\r\n", piece, "\r\n");
    const std::string_view bytes = out.view();
    const ssize_t sent = ::send(connection_.socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    connection_.head_pending_ = false;
    connection_.head_sent_ = true;
    if (sent != static_cast<ssize_t>(bytes.size())) {
        // A peer whose window is full of keep-alive comments does not read; half a chunk cannot be taken back.
        connection_.peer_left();
        return false;
    }
    return true;
}

Task<bool> Exchange::finish() {
    connection_.out_.clear();
    if (connection_.head_pending_) {
        connection_.out_.push_back(connection_.out_head_.view());
    }
    connection_.out_.push_back(kLastChunk);
    return connection_.send(connection_.out_);
}

void Exchange::abandon() noexcept {
    connection_.abandoned_ = true;
}

void Exchange::reset() noexcept {
    const linger hard{1, 0};
    ::setsockopt(connection_.socket_.native_handle(), SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
    connection_.abandoned_ = true;
    connection_.client_gone_ = true;
}

}  // namespace tierway::net
