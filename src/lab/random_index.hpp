#pragma once

#include <cstddef>
#include <cstdint>

namespace tierway::lab {

/// Reproducible random positions: the same seed gives the same sequence on every platform and with every library, which the
/// standard's distributions do not promise. SplitMix64, scaled by multiplication; the bias is below 2^-32 for what fits a file.
class RandomIndex {
public:
    explicit RandomIndex(std::uint64_t seed) noexcept : state_(seed) {}

    /// From 0 to `bound` - 1. REQUIRES: `bound` is from 1 to 2^32 - 1.
    std::size_t below(std::size_t bound) noexcept {
        const std::uint64_t high = next() >> 32U;
        return static_cast<std::size_t>((high * static_cast<std::uint64_t>(bound)) >> 32U);
    }

private:
    std::uint64_t next() noexcept {
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
        z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31U);
    }

    std::uint64_t state_;
};

}  // namespace tierway::lab
