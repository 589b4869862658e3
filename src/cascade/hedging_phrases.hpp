#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace tierway::cascade {

/// Phrases by which models say that they do not know or cannot tell, in lower case, sorted. Phrases that hedge one detail out of
/// politeness ("perhaps", "generally", "it seems") are left out: good answers are full of them.
inline constexpr std::array<std::string_view, 69> kHedgingPhrases = {
    "as a language model",
    "as an ai assistant",
    "as an ai language model",
    "as an ai model",
    "as an ai, i",
    "beyond my knowledge",
    "cannot be determined",
    "cannot determine",
    "difficult to determine",
    "difficult to say",
    "hard to say",
    "hard to tell",
    "i am a language model",
    "i am an ai assistant",
    "i am an ai language model",
    "i am an ai model",
    "i am not able to",
    "i am not certain",
    "i am not entirely sure",
    "i am not sure",
    "i am unable to",
    "i am uncertain",
    "i am unsure",
    "i apologize, but i",
    "i can't answer",
    "i can't determine",
    "i can't say for sure",
    "i can't verify",
    "i cannot answer",
    "i cannot determine",
    "i cannot say for sure",
    "i cannot verify",
    "i could be mistaken",
    "i could be wrong",
    "i couldn't find",
    "i do not have access",
    "i do not have enough",
    "i do not have information",
    "i do not know",
    "i don't have access",
    "i don't have enough",
    "i don't have information",
    "i don't have specific information",
    "i don't know",
    "i may be mistaken",
    "i may be wrong",
    "i might be mistaken",
    "i might be wrong",
    "i'm a language model",
    "i'm an ai assistant",
    "i'm an ai language model",
    "i'm an ai model",
    "i'm not able to",
    "i'm not certain",
    "i'm not entirely sure",
    "i'm not sure",
    "i'm sorry, but i",
    "i'm unable to",
    "i'm uncertain",
    "i'm unsure",
    "insufficient information",
    "is not clear from",
    "it is not possible to determine",
    "it is unclear",
    "it's unclear",
    "my best guess",
    "not enough information",
    "to the best of my knowledge",
    "without more information",
};

/// The phrases that begin with `letter`, a lower-case letter of ASCII; none for other bytes.
constexpr std::span<const std::string_view> hedging_phrases(char letter) noexcept {
    // Begin of each letter's phrases; looked up at every word of an answer, so searched only once, by the compiler.
    constexpr auto kBegins = [] {
        std::array<std::uint8_t, 27> begins{};
        for (std::size_t letter_index = 0; letter_index < begins.size(); ++letter_index) {
            std::uint8_t begin = 0;
            while (begin < kHedgingPhrases.size() && kHedgingPhrases[begin].front() < static_cast<char>('a' + letter_index)) {
                ++begin;
            }
            begins[letter_index] = begin;
        }
        return begins;
    }();
    if (letter < 'a' || letter > 'z') {
        return {};
    }
    const auto index = static_cast<std::size_t>(letter - 'a');
    return std::span(kHedgingPhrases).subspan(kBegins[index], static_cast<std::size_t>(kBegins[index + 1] - kBegins[index]));
}

}  // namespace tierway::cascade
