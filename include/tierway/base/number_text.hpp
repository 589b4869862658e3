#pragma once

#include <cstdint>
#include <string>

namespace tierway {

/// Appends a whole number in decimal.
void append_integer(std::string& out, std::int64_t value);

/// Appends `value` rounded to `decimals` places (at most 9), always with all of them: 0.25 with 3 is "0.250". For values whose
/// magnitude times 10^decimals fits an integer of 64 bits; beyond, and for what is not a number, it writes "0".
void append_fixed(std::string& out, double value, unsigned decimals);

}  // namespace tierway
