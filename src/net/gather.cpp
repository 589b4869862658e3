#include "net/gather.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
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

Task<boost::system::error_code> write_gathered(Socket& socket, std::span<const std::string_view> pieces,
                                               WriteProgress* progress) {
    std::size_t remaining = 0;
    for (const std::string_view piece : pieces) {
        remaining += piece.size();
    }
    std::size_t first = 0;
    std::size_t offset = 0;
    while (remaining > 0) {
        const ssize_t sent = send_some(socket.native_handle(), pieces, first, offset);
        if (sent < 0) {
            if (errno == EINTR) {
                continue;
            }
            if (errno != EAGAIN && errno != EWOULDBLOCK) {
                co_return boost::system::error_code(errno, boost::system::system_category());
            }
            auto [error] = co_await socket.async_wait(Socket::wait_write, kAwait);
            if (error) {
                co_return error;
            }
            continue;
        }
        if (progress != nullptr) {
            progress->on_write_progress();
        }
        remaining -= static_cast<std::size_t>(sent);
        for (auto taken = static_cast<std::size_t>(sent); taken > 0;) {
            const std::size_t step = std::min(taken, pieces[first].size() - offset);
            taken -= step;
            offset += step;
            if (offset == pieces[first].size()) {
                ++first;
                offset = 0;
            }
        }
        while (first < pieces.size() && pieces[first].size() == offset) {
            ++first;
            offset = 0;
        }
    }
    co_return boost::system::error_code();
}

}  // namespace tierway::net
