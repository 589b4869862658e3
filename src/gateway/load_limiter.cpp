#include "tierway/gateway/load_limiter.hpp"

namespace tierway::gateway {

std::string_view name_of(Overload overload) noexcept {
    return overload == Overload::Memory ? "memory" : "in_flight";
}

MemoryPressure memory_pressure(MemoryPressure before, std::size_t resident, std::size_t limit) noexcept {
    if (limit == 0) {
        return MemoryPressure::None;
    }
    const auto beyond = [&](unsigned percent) { return resident >= limit / 100 * percent; };
    if (beyond(95) || (before == MemoryPressure::Critical && beyond(90))) {
        return MemoryPressure::Critical;
    }
    if (beyond(90) || (before != MemoryPressure::None && beyond(85))) {
        return MemoryPressure::High;
    }
    return MemoryPressure::None;
}

void LoadLimiter::adopt(LoadLimits limits) noexcept {
    in_flight_max_.store(limits.in_flight_max, std::memory_order_relaxed);
    memory_bytes_max_.store(limits.memory_bytes_max, std::memory_order_relaxed);
    if (limits.memory_bytes_max == 0) {
        pressure_.store(MemoryPressure::None, std::memory_order_relaxed);
    }
}

MemoryPressure LoadLimiter::note_resident(std::size_t bytes) noexcept {
    const MemoryPressure now =
        memory_pressure(pressure_.load(std::memory_order_relaxed), bytes, memory_bytes_max_.load(std::memory_order_relaxed));
    pressure_.store(now, std::memory_order_relaxed);
    return now;
}

std::optional<Overload> LoadLimiter::enter() noexcept {
    if (pressure_.load(std::memory_order_relaxed) != MemoryPressure::None) {
        return Overload::Memory;
    }
    // Taken before it is checked: two workers that ask for the last place must not both get it.
    if (in_flight_.fetch_add(1, std::memory_order_relaxed) >= in_flight_max_.load(std::memory_order_relaxed)) {
        in_flight_.fetch_sub(1, std::memory_order_relaxed);
        return Overload::InFlight;
    }
    return std::nullopt;
}

}  // namespace tierway::gateway
