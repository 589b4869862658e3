#include "net/gather.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <cerrno>

namespace tierway::net {
namespace {

/// One system call's worth of pieces; more are sent by the next call.
constexpr std::size_t kPiecesMax = 128;

/// Sends what the kernel takes. \returns the bytes taken, or -1 with errno set.
ssize_t send_some(int handle, std::span<const std::string_view> pieces, std::size_t first, std::size_t offset) {
    std::array<iovec, kPiecesMax> vectors;  // NOLINT: filled below, only as far as it is used.
    std::size_t count = 0;
    for (std::size_t i = first; i < pieces.size() && count < kPiecesMax; ++i) {
        const std::string_view piece = i == first ? pieces[i].substr(offset) : pieces[i];
        if (!piece.empty()) {
            vectors[count++] = {const_cast<char*>(piece.data()), piece.size()};
        }
    }
    if (count == 0) {
        return 0;
    }
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = count;
    return ::sendmsg(handle, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace

GatheredWrite::GatheredWrite(std::span<const std::string_view> pieces) noexcept : pieces_(pieces) {
    for (const std::string_view piece : pieces) {
        remaining_ += piece.size();
    }
}

bool GatheredWrite::send_now(Socket& socket, boost::system::error_code& error) {
    error.clear();
    if (given_up_) {
        error = boost::asio::error::operation_aborted;
        return true;
    }
    while (remaining_ > 0) {
        const ssize_t sent = send_some(socket.native_handle(), pieces_, first_, offset_);
        if (sent >= 0) {
            skip(static_cast<std::size_t>(sent));
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return false;
        } else if (errno != EINTR) {
            error.assign(errno, boost::system::system_category());
            return true;
        }
    }
    return true;
}

Task<boost::system::error_code> GatheredWrite::send_rest(Socket& socket, WriteProgress* progress) {
    boost::system::error_code error;
    do {
        auto [wait_error] = co_await socket.async_wait(Socket::wait_write, kAwait);
        if (wait_error) {
            co_return wait_error;
        }
        if (progress != nullptr) {
            progress->on_write_progress();
        }
    } while (!send_now(socket, error));
    co_return error;
}

void GatheredWrite::skip(std::size_t bytes) noexcept {
    remaining_ -= bytes;
    while (bytes > 0) {
        const std::size_t step = std::min(bytes, pieces_[first_].size() - offset_);
        bytes -= step;
        offset_ += step;
        if (offset_ == pieces_[first_].size()) {
            ++first_;
            offset_ = 0;
        }
    }
}

}  // namespace tierway::net
