#include "tierway/base/usd.hpp"

#include <array>
#include <charconv>
#include <limits>

namespace tierway {
namespace {

constexpr std::int64_t kNanoPerDollar = 1'000'000'000;
constexpr std::size_t kDecimals = 9;
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();

}  // namespace

std::optional<Usd> Usd::parse(std::string_view text) {
    const bool negative = !text.empty() && text.front() == '-';
    if (negative) {
        text.remove_prefix(1);
    }
    const std::size_t point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    const std::string_view fraction = point == std::string_view::npos ? std::string_view{} : text.substr(point + 1);
    if (whole.empty() || whole.size() > 9 || fraction.size() > kDecimals ||
        (point != std::string_view::npos && fraction.empty())) {
        return std::nullopt;
    }
    std::int64_t nano = 0;
    for (const char digit : whole) {
        if (digit < '0' || digit > '9') {
            return std::nullopt;
        }
        nano = nano * 10 + (digit - '0');
    }
    for (std::size_t i = 0; i < kDecimals; ++i) {
        const char digit = i < fraction.size() ? fraction[i] : '0';
        if (digit < '0' || digit > '9') {
            return std::nullopt;
        }
        nano = nano * 10 + (digit - '0');
    }
    return from_nano(negative ? -nano : nano);
}

std::string Usd::to_string() const {
    const bool negative = nano_ < 0;
    // Work on the unsigned magnitude: negating the smallest integer would overflow.
    const std::uint64_t magnitude = negative ? ~static_cast<std::uint64_t>(nano_) + 1 : static_cast<std::uint64_t>(nano_);
    std::array<char, 40> digits{};
    const auto [end, ec] = std::to_chars(digits.data(), digits.data() + digits.size(), magnitude / kNanoPerDollar);
    std::string text = negative ? "-" : "";
    text.append(digits.data(), end);
    std::string fraction(kDecimals, '0');
    std::uint64_t rest = magnitude % kNanoPerDollar;
    for (std::size_t i = kDecimals; i-- > 0; rest /= 10) {
        fraction[i] = static_cast<char>('0' + rest % 10);
    }
    const std::size_t last = fraction.find_last_not_of('0');
    fraction.resize(last == std::string::npos ? 1 : last + 1);
    return text + '.' + fraction;
}

Usd operator+(Usd a, Usd b) noexcept {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(a.nano_, b.nano_, &sum)) {
        sum = a.nano_ > 0 ? kMax : kMin;
    }
    return Usd::from_nano(sum);
}

Usd operator-(Usd a, Usd b) noexcept {
    std::int64_t difference = 0;
    if (__builtin_sub_overflow(a.nano_, b.nano_, &difference)) {
        difference = a.nano_ > 0 ? kMax : kMin;
    }
    return Usd::from_nano(difference);
}

}  // namespace tierway
