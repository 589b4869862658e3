#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tierway {

/// An amount of US dollars as a whole number of nano-dollars, so that sums are exact. Signed: savings may be negative.
/// Addition saturates at the ends of the 64-bit range (about 9.2 billion dollars), which nothing real reaches.
class Usd {
public:
    constexpr Usd() noexcept = default;

    static constexpr Usd from_nano(std::int64_t nano) noexcept {
        Usd usd;
        usd.nano_ = nano;
        return usd;
    }

    /// Reads a plain decimal ("0.50", "12", "1.000000001"); empty when it is not one, has more than nine decimals or is too
    /// large.
    static std::optional<Usd> parse(std::string_view text);

    [[nodiscard]] constexpr std::int64_t nano() const noexcept { return nano_; }
    /// For metrics and ratios only; money itself stays an integer.
    [[nodiscard]] constexpr double to_double() const noexcept { return static_cast<double>(nano_) * 1e-9; }
    /// Exact decimal without trailing zeros, at least one decimal: "0.0", "0.000125", "-1.5".
    [[nodiscard]] std::string to_string() const;
    /// As `to_string`, written to where there is room for `kTextMax` bytes. \returns the end of what was written.
    char* write_to(char* to) const noexcept;
    static constexpr std::size_t kTextMax = 48;

    friend Usd operator+(Usd a, Usd b) noexcept;
    friend Usd operator-(Usd a, Usd b) noexcept;
    Usd& operator+=(Usd other) noexcept { return *this = *this + other; }
    friend constexpr auto operator<=>(const Usd&, const Usd&) noexcept = default;

private:
    std::int64_t nano_ = 0;
};

}  // namespace tierway
