#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tierway::classify {

/// What of an ask tells how hard it may be, beside its words: lengths and quantities. Word lists are English, and say nothing of
/// other languages.
enum class AskMeasure : std::uint8_t {
    Bytes,  ///< ln(1 + …), as the next five.
    Words,
    Numbers,
    DifferentNumbers,
    LongestSentence,  ///< In words.
    GreatestNumber,
    Sentences,
    WordLength,  ///< Mean, in bytes.
    Questions,
    Commas,
    Money,          ///< 1 or 0, as the next three.
    Percent,
    Decimals,
    Fractions,
    Multiples,      ///< Words such as "half", "twice", "times".
    Rates,          ///< "each", "per", "every", "if".
    Comparisons,    ///< "more", "less", "fewer", "than".
    Totals,         ///< "total", "altogether" …
    NumberWords,    ///< "one" to "ten".
    Remainders,     ///< "left", "remaining", "rest".
    Variety,        ///< Different words of all.
    Negations,      ///< "not", "except" …
    Count
};
inline constexpr std::size_t kAskMeasures = static_cast<std::size_t>(AskMeasure::Count);
/// As `cascade::kDraftMeasuresVersion`.
inline constexpr std::uint32_t kAskMeasuresVersion = 1;

using AskMeasures = std::array<double, kAskMeasures>;

/// Linear; any bytes are allowed.
AskMeasures measure_ask(std::string_view ask);

}  // namespace tierway::classify
