#pragma once

#include <boost/asio/async_result.hpp>
#include <cstddef>
#include <utility>
#include <vector>

#include "net/gather.hpp"
#include "tierway/net/task.hpp"

namespace tierway::net {

/// The writes of one worker's connections, collected while its loop works off what one look at the system brought, and made
/// together behind it. Sending wakes the receiver, and whoever finds its processor asleep pays for that: at a write here and
/// there it falls asleep again in between, which cost more than all else that the gateway does with a request
/// (docs/performance.md). A lone event's write is made next, so nothing is late that would not have waited anyway.
/// Lives on its worker.
class SendTurn {
public:
    /// Larger writes are made at once: their bytes would have left the processor's caches by the time their turn came.
    static constexpr std::size_t kQueuedBytesMax = std::size_t{32} * 1024;

    explicit SendTurn(boost::asio::io_context& context) noexcept : context_(context) {}
    SendTurn(const SendTurn&) = delete;
    SendTurn& operator=(const SendTurn&) = delete;

    /// Makes the first attempt at a write (`GatheredWrite::send_now`) when the turn has come. All three must stay in place until
    /// then. \returns what `send_now` does.
    Task<bool> send(GatheredWrite& write, Socket& socket, boost::system::error_code& error) {
        return boost::asio::async_initiate<Token, void(bool)>(
            [this, &write, &socket, &error](Handler resume) {
                if (queued_.empty()) {
                    announce();
                }
                queued_.push_back({&write, &socket, &error, std::move(resume)});
            },
            token_);
    }

    /// Forgets what is queued; whoever awaits it is never resumed. For the worker's end.
    void clear() { queued_.clear(); }

private:
    using Token = boost::asio::use_awaitable_t<Executor>;
    using Handler = boost::asio::async_result<Token, void(bool)>::handler_type;

    struct Queued {
        GatheredWrite* write;
        Socket* socket;
        boost::system::error_code* error;
        Handler resume;
        bool ended = false;
    };

    void announce();
    void send_all();

    boost::asio::io_context& context_;
    Token token_;
    std::vector<Queued> queued_;
    std::vector<Queued> sending_;  ///< Empty between turns; kept for its memory.
};

}  // namespace tierway::net
