#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace tierway {

/// How much a model is asked to think before it answers, in the words of the OpenAI API (WIRE.md section 1.1), in ascending order.
enum class Effort : std::uint8_t { None, Minimal, Low, Medium, High, XHigh, Max };

/// "none", "minimal", "low", "medium", "high", "xhigh", "max".
std::string_view name_of(Effort effort) noexcept;
/// Empty when the word is none of those.
std::optional<Effort> parse_effort(std::string_view word) noexcept;

/// The words that a model takes. Empty: not known.
class Efforts {
public:
    constexpr Efforts() noexcept = default;
    constexpr Efforts(std::initializer_list<Effort> efforts) noexcept {
        for (const Effort effort : efforts) {
            add(effort);
        }
    }

    constexpr void add(Effort effort) noexcept { bits_ = static_cast<std::uint8_t>(bits_ | bit_of(effort)); }
    [[nodiscard]] constexpr bool empty() const noexcept { return bits_ == 0; }
    [[nodiscard]] constexpr bool has(Effort effort) const noexcept { return (bits_ & bit_of(effort)) != 0; }
    friend constexpr bool operator==(const Efforts&, const Efforts&) noexcept = default;

    /// The word to use for a wish. What is taken, or of which nothing is known, is used as it is. Else the most thinking that is
    /// taken and not above the wish; else the least that is taken. A wish to think never becomes "none": it is empty when that is
    /// the only word.
    [[nodiscard]] std::optional<Effort> nearest(Effort wish) const noexcept;

private:
    static constexpr std::uint8_t bit_of(Effort effort) noexcept {
        return static_cast<std::uint8_t>(1U << static_cast<unsigned>(effort));
    }

    std::uint8_t bits_ = 0;
};

}  // namespace tierway
