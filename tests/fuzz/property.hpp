#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace tierway::fuzz {

/// Ends the process with the claim that does not hold; the fuzzer (or the replay driver) keeps the input.
[[noreturn]] void fail(std::string_view claim);

inline void require(bool holds, std::string_view claim) {
    if (!holds) {
        fail(claim);
    }
}

/// Choices that follow from the input alone, so that corpus files are nothing but what the module reads.
class Choices {
public:
    explicit Choices(std::string_view input) noexcept;

    /// Uniform enough in [0, bound). REQUIRES: bound > 0.
    std::size_t below(std::size_t bound) noexcept;

private:
    std::uint64_t state_;
};

/// Every way of cutting `size` bytes that is worth trying: whole, byte by byte, at random; for short inputs also at each offset.
/// Each way is the list of the pieces' ends, the last of which is `size`.
std::vector<std::vector<std::size_t>> ways_to_cut(std::size_t size, Choices& choices);

}  // namespace tierway::fuzz
