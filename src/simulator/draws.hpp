#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tierway::simulator {

/// A hash that is the same on every machine and in every run (FNV-1a, 64 bits), so that the same question always has the same
/// fate.
std::uint64_t stable_hash(std::string_view text, std::uint64_t basis = 0xcbf29ce484222325ULL) noexcept;

/// Reproducible random draws (splitmix64). Written out here because the distributions of the standard library differ between
/// libraries.
class Draws {
public:
    explicit Draws(std::uint64_t seed) noexcept : state_(seed) {}

    std::uint64_t next() noexcept;
    /// In [0, 1).
    double uniform() noexcept;
    /// Standard normal (Box–Muller).
    double normal() noexcept;
    /// In [0, count). REQUIRES: count > 0.
    std::size_t index(std::size_t count) noexcept;

private:
    std::uint64_t state_;
};

}  // namespace tierway::simulator
