#pragma once

#include <cstddef>
#include <functional>

#include "tierway/gateway/load_limiter.hpp"
#include "tierway/net/sweep.hpp"

namespace tierway::app {

/// Resident bytes of this process (`/proc/self/statm`); 0 when the system does not say.
std::size_t resident_bytes() noexcept;

/// Keeps the limiter told of the process's memory, as long as it has a limit for it, and gives freed memory back to the system
/// while there is pressure: what the allocator only keeps for later counts as resident too, and would hold the pressure up after
/// the load has gone. Lives on the worker in whose sweep it is.
class MemoryWatch final : public net::Swept {
public:
    /// \param changed called with each new pressure.
    MemoryWatch(gateway::LoadLimiter& limiter, std::function<void(gateway::MemoryPressure)> changed);

    void on_sweep(SteadyTime now) override;

private:
    gateway::LoadLimiter& limiter_;
    std::function<void(gateway::MemoryPressure)> changed_;
    gateway::MemoryPressure pressure_ = gateway::MemoryPressure::None;
    SteadyTime trim_again_at_{};
};

}  // namespace tierway::app
