#pragma once

#include <boost/system/error_code.hpp>
#include <span>
#include <string_view>

#include "tierway/net/task.hpp"

namespace tierway::net {

/// Called when a write made progress, so that a stall can be told from slowness.
class WriteProgress {
public:
    virtual ~WriteProgress() = default;
    virtual void on_write_progress() = 0;
};

/// Writes all pieces with as few system calls as the kernel allows: tries at once, and waits only while the peer's window is
/// full. Asio's composed write would cap each call at 64 KiB. REQUIRES: the socket is non-blocking. \param progress told after
/// each accepted part; may be null.
Task<boost::system::error_code> write_gathered(Socket& socket, std::span<const std::string_view> pieces, WriteProgress* progress);

}  // namespace tierway::net
