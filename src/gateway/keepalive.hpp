#pragma once

#include <functional>

#include "tierway/config/snapshot.hpp"
#include "tierway/net/exchange.hpp"
#include "tierway/net/sweep.hpp"

namespace tierway::gateway {

/// Keeps a held stream's connection alive: when nothing was sent for a while, the head goes out and comments follow, so that no
/// balancer and no client gives up (RELIABILITY.md section 6.2). Disarm it before any other write.
class KeepAlive final : public net::Swept {
public:
    /// \param begin called once, before the first comment: begins the stream's answer.
    KeepAlive(net::Exchange& exchange, const config::Server& times, std::function<void()> begin);

    void disarm() noexcept { armed_ = false; }
    /// Whether the head is out: headers can disclose no more.
    [[nodiscard]] bool has_begun() const noexcept { return begun_; }
    void on_sweep(SteadyTime now) override;

private:
    net::Exchange& exchange_;
    Milliseconds every_;
    std::function<void()> begin_;
    SteadyTime next_;
    bool armed_ = true;
    bool begun_ = false;
};

}  // namespace tierway::gateway
