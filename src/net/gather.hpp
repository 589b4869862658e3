#pragma once

#include <boost/system/error_code.hpp>
#include <span>
#include <string_view>

#include "tierway/net/task.hpp"

namespace tierway::net {

/// Is told whenever a write made progress, so that only a stall counts against its deadline.
class WriteProgress {
public:
    virtual ~WriteProgress() = default;
    virtual void on_write_progress() = 0;
};

/// Sends pieces with as few system calls as possible: what the kernel takes at once by `send_now`, the rest by awaiting
/// `send_rest`. The pieces must stay in place until all is sent. (Asio's own gather write caps each call at 64 KiB and 16 pieces,
/// and a coroutine of its own for each write would cost more than the call.)
class GatheredWrite {
public:
    explicit GatheredWrite(std::span<const std::string_view> pieces) noexcept;

    /// Nothing more is to be sent: the next attempt ends with operation_aborted.
    void give_up() noexcept { given_up_ = true; }
    [[nodiscard]] std::size_t remaining() const noexcept { return remaining_; }
    /// \returns whether this is the end: all is sent, or `error` says why nothing more can be.
    bool send_now(Socket& socket, boost::system::error_code& error);
    /// REQUIRES: `send_now` said there is more. \param progress may be null.
    Task<boost::system::error_code> send_rest(Socket& socket, WriteProgress* progress);

private:
    void skip(std::size_t bytes) noexcept;

    std::span<const std::string_view> pieces_;
    std::size_t remaining_ = 0;
    std::size_t first_ = 0;   ///< The piece to go on with …
    std::size_t offset_ = 0;  ///< … and where in it.
    bool given_up_ = false;
};

}  // namespace tierway::net
