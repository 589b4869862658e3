#pragma once

#include <cstdint>

namespace tierway {

/// Numbers that are distinct and evenly spread, for names of things; not unguessable, so not for secrets. splitmix64 (Steele, Lea,
/// Flood 2014). One for each thread: it is not safe to share, and takes no lock.
class RandomBits {
public:
    /// Seeds from the operating system's entropy.
    RandomBits();
    /// A fixed seed, for tests.
    explicit RandomBits(std::uint64_t seed) noexcept : state_(seed) {}

    std::uint64_t next() noexcept {
        state_ += 0x9E3779B97F4A7C15ULL;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31);
    }

private:
    std::uint64_t state_;
};

}  // namespace tierway
