#include "gateway/keepalive.hpp"

#include <utility>

#include "tierway/net/worker.hpp"

namespace tierway::gateway {

KeepAlive::KeepAlive(net::Exchange& exchange, const config::Server& times, std::function<void()> begin)
    : exchange_(exchange),
      every_(times.stream_keepalive_every),
      begin_(std::move(begin)),
      next_(std::chrono::steady_clock::now() + times.stream_keepalive_after) {
    exchange.worker().sweep().add(*this);
}

void KeepAlive::on_sweep(SteadyTime now) {
    if (!armed_ || now < next_ || exchange_.client_gone()) {
        return;
    }
    next_ = now + every_;
    if (!std::exchange(begun_, true)) {
        begin_();
    }
    exchange_.write_now(": waiting\n\n");
}

}  // namespace tierway::gateway
