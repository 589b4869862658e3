#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tierway::gateway {

/// Which bound of the process is reached; the `reason` label of `tierway_overload_total`.
enum class Overload : std::uint8_t { InFlight, Memory };
std::string_view name_of(Overload overload) noexcept;

/// How near the process is to its memory limit.
enum class MemoryPressure : std::uint8_t {
    None,
    High,      ///< New requests are refused.
    Critical,  ///< New connections are refused too.
};

/// Thresholds of RELIABILITY.md section 1 (Envoy's overload manager): high from 90 % of the limit, critical from 95 %. Each ends
/// 5 % of the limit lower than it began, so that a process at the edge does not flicker. Pure.
/// \param limit in bytes; 0 means that there is none.
MemoryPressure memory_pressure(MemoryPressure before, std::size_t resident, std::size_t limit) noexcept;

/// What the process may take on at once.
struct LoadLimits {
    unsigned in_flight_max = 10'000;   ///< Requests under way over all workers.
    std::size_t memory_bytes_max = 0;  ///< Resident bytes of the process; 0: no limit.
};

/// Decides whether one more request can be taken on, so that what is refused is refused at once and what is taken on is served as
/// fast as ever: without it a queue grows until every request in it is answered too late. Shared by all workers, thread-safe,
/// without a lock.
class LoadLimiter {
public:
    explicit LoadLimiter(LoadLimits limits) noexcept { adopt(limits); }
    LoadLimiter(const LoadLimiter&) = delete;
    LoadLimiter& operator=(const LoadLimiter&) = delete;

    /// One request's place, from its construction to its destruction, unless it was refused.
    class [[nodiscard]] Admission {
    public:
        explicit Admission(LoadLimiter& limiter) noexcept : limiter_(limiter), refused_(limiter.enter()) {}
        ~Admission() {
            if (!refused_) {
                limiter_.in_flight_.fetch_sub(1, std::memory_order_relaxed);
            }
        }
        Admission(const Admission&) = delete;
        Admission& operator=(const Admission&) = delete;

        /// Why there is no place for it.
        [[nodiscard]] std::optional<Overload> refused() const noexcept { return refused_; }

    private:
        LoadLimiter& limiter_;
        std::optional<Overload> refused_;
    };

    /// New limits, after a reload. Requests under way keep their places.
    void adopt(LoadLimits limits) noexcept;
    /// What the process's memory has come to. \returns the pressure from now on. From one thread only.
    MemoryPressure note_resident(std::size_t bytes) noexcept;
    [[nodiscard]] bool limits_memory() const noexcept { return memory_bytes_max_.load(std::memory_order_relaxed) > 0; }
    [[nodiscard]] unsigned in_flight() const noexcept { return in_flight_.load(std::memory_order_relaxed); }

private:
    std::optional<Overload> enter() noexcept;

    std::atomic<unsigned> in_flight_max_{0};
    std::atomic<std::size_t> memory_bytes_max_{0};
    std::atomic<unsigned> in_flight_{0};
    std::atomic<MemoryPressure> pressure_{MemoryPressure::None};
};

}  // namespace tierway::gateway
