#include "tierway/base/usd.hpp"

#include <array>
#include <limits>

#include "tierway/base/number_text.hpp"

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
    std::array<char, kTextMax> text;  // NOLINT: written before it is read.
    return {text.data(), write_to(text.data())};
}

char* Usd::write_to(char* to) const noexcept {
    // Work on the unsigned magnitude: negating the smallest integer would overflow.
    const std::uint64_t magnitude = nano_ < 0 ? ~static_cast<std::uint64_t>(nano_) + 1 : static_cast<std::uint64_t>(nano_);
    if (nano_ < 0) {
        *to++ = '-';
    }
    to = write_integer(to, static_cast<std::int64_t>(magnitude / kNanoPerDollar));
    *to++ = '.';
    auto rest = static_cast<std::uint32_t>(magnitude % kNanoPerDollar);
    std::size_t size = kDecimals;
    for (; size > 1 && rest % 10 == 0; --size) {
        rest /= 10;
    }
    for (std::size_t i = size; i-- > 0; rest /= 10) {
        to[i] = static_cast<char>('0' + rest % 10);
    }
    return to + size;
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
