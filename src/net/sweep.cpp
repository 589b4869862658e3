#include "tierway/net/sweep.hpp"

namespace tierway::net {

Sweep::Sweep(boost::asio::io_context& context) : timer_(context) {}

void Sweep::start() {
    stopped_ = false;
    arm();
}

void Sweep::stop() {
    stopped_ = true;
    timer_.cancel();
}

void Sweep::arm() {
    timer_.expires_after(kPeriod);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (error || stopped_) {
            return;
        }
        const SteadyTime now = std::chrono::steady_clock::now();
        for (auto it = list_.begin(); it != list_.end();) {
            Swept& swept = *it++;
            swept.on_sweep(now);
        }
        arm();
    });
}

}  // namespace tierway::net
