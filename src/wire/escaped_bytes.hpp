#pragma once

#include <cstdint>

namespace tierway::wire::detail {

/// The bytes of a 64-byte block that stand behind a backslash which is not itself escaped; escaped backslashes are left out,
/// because they are always right. Backslashes of a run pair up from its start, so a run of odd length escapes the byte behind it
/// (Langdale and Lemire, "Parsing Gigabytes of JSON per Second", 2019, section 3.1.1).
/// \param open 1 if the block before ended in such a backslash, else 0; updated for the next.
inline std::uint64_t escaped_bytes(std::uint64_t backslashes, std::uint64_t& open) noexcept {
    constexpr std::uint64_t kOdd = 0xAAAAAAAAAAAAAAAAU;
    const std::uint64_t escaping = backslashes & ~open;
    // Subtracting a run's start borrows through the run: of its places, those of the other parity than the start's differ from
    // the pattern of odd places then.
    const std::uint64_t alternating = (((escaping << 1U) | kOdd) - escaping) ^ kOdd;
    const std::uint64_t escaped = (alternating ^ (backslashes | open)) & ~backslashes;
    open = (alternating & backslashes) >> 63U;
    return escaped;
}

}  // namespace tierway::wire::detail
