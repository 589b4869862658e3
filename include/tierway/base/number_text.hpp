#pragma once

#include <cstdint>

namespace tierway {

/// The most bytes that either function writes.
inline constexpr unsigned kNumberTextMax = 32;

/// Writes a whole number in decimal to `to`, which has room for `kNumberTextMax` bytes. \returns the end of what was written.
char* write_integer(char* to, std::int64_t value) noexcept;

/// Writes `value` rounded to `decimals` places (at most 9), always with all of them: 0.25 with 3 is "0.250". For values whose
/// magnitude times 10^decimals fits an integer of 64 bits; beyond, and for what is not a number, it writes "0".
char* write_fixed(char* to, double value, unsigned decimals) noexcept;

}  // namespace tierway
