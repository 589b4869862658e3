#include "tierway/base/number_text.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "tierway/base/assert.hpp"

namespace tierway {

char* write_integer(char* to, std::int64_t value) noexcept {
    return std::to_chars(to, to + kNumberTextMax, value).ptr;
}

char* write_fixed(char* to, double value, unsigned decimals) noexcept {
    constexpr std::array<std::int64_t, 10> kPowers{1,       10,        100,        1'000,       10'000,
                                                   100'000, 1'000'000, 10'000'000, 100'000'000, 1'000'000'000};
    TIERWAY_ASSERT(decimals < kPowers.size());
    const double scaled = value * static_cast<double>(kPowers[decimals]);
    if (!(std::abs(scaled) < 9.2e18)) {
        *to = '0';
        return to + 1;
    }
    const std::int64_t whole = std::llround(scaled);
    if (whole < 0) {
        *to++ = '-';
    }
    const std::int64_t magnitude = std::abs(whole);
    to = write_integer(to, magnitude / kPowers[decimals]);
    if (decimals == 0) {
        return to;
    }
    *to++ = '.';
    std::int64_t rest = magnitude % kPowers[decimals];
    for (unsigned i = decimals; i-- > 0; rest /= 10) {
        to[i] = static_cast<char>('0' + rest % 10);
    }
    return to + decimals;
}

}  // namespace tierway
