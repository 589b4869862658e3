#include "tierway/base/number_text.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "tierway/base/assert.hpp"

namespace tierway {

void append_integer(std::string& out, std::int64_t value) {
    std::array<char, 24> digits{};
    const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    out.append(digits.data(), written.ptr);
}

void append_fixed(std::string& out, double value, unsigned decimals) {
    constexpr std::array<std::int64_t, 10> kPowers{1,       10,        100,        1'000,       10'000,
                                                   100'000, 1'000'000, 10'000'000, 100'000'000, 1'000'000'000};
    TIERWAY_ASSERT(decimals < kPowers.size());
    const double scaled = std::round(value * static_cast<double>(kPowers[decimals]));
    if (!(std::abs(scaled) < 9.2e18)) {
        out += '0';
        return;
    }
    const auto whole = static_cast<std::int64_t>(scaled);
    if (whole < 0) {
        out += '-';
    }
    const std::int64_t magnitude = std::abs(whole);
    append_integer(out, magnitude / kPowers[decimals]);
    if (decimals == 0) {
        return;
    }
    out += '.';
    const std::size_t begin = out.size();
    out.append(decimals, '0');
    std::int64_t rest = magnitude % kPowers[decimals];
    for (std::size_t i = decimals; i-- > 0; rest /= 10) {
        out[begin + i] = static_cast<char>('0' + rest % 10);
    }
}

}  // namespace tierway
