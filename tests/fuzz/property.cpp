#include "property.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace tierway::fuzz {
namespace {

/// Up to this many bytes, an input is cut at each of its offsets.
constexpr std::size_t kEveryOffsetMax = 48;
/// Beyond this many, feeding byte by byte costs more than it finds.
constexpr std::size_t kEveryByteMax = 4096;
constexpr std::size_t kRandomWays = 3;
constexpr std::size_t kRandomCutsMax = 8;

}  // namespace

void fail(std::string_view claim) {
    std::fprintf(stderr, "This does not hold: %.*s\n", static_cast<int>(claim.size()), claim.data());
    std::abort();
}

Choices::Choices(std::string_view input) noexcept : state_(0xCBF29CE484222325U) {
    for (const char c : input) {
        state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
    }
}

std::size_t Choices::below(std::size_t bound) noexcept {
    // splitmix64: any state, zero included, gives a good sequence.
    std::uint64_t mixed = state_ += 0x9E3779B97F4A7C15U;
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
    return static_cast<std::size_t>((mixed ^ (mixed >> 31U)) % bound);
}

std::vector<std::vector<std::size_t>> ways_to_cut(std::size_t size, Choices& choices) {
    std::vector<std::vector<std::size_t>> ways{{size}};
    if (size < 2) {
        return ways;
    }
    if (size <= kEveryByteMax) {
        std::vector<std::size_t>& every_byte = ways.emplace_back();
        for (std::size_t end = 1; end <= size; ++end) {
            every_byte.push_back(end);
        }
    }
    for (std::size_t cut = 1; size <= kEveryOffsetMax && cut < size; ++cut) {
        ways.push_back({cut, size});
    }
    for (std::size_t way = 0; way < kRandomWays; ++way) {
        std::vector<std::size_t> ends{size};
        for (std::size_t cuts = 1 + choices.below(kRandomCutsMax); cuts > 0; --cuts) {
            ends.push_back(choices.below(size + 1));
        }
        std::sort(ends.begin(), ends.end());
        ways.push_back(std::move(ends));
    }
    return ways;
}

}  // namespace tierway::fuzz
