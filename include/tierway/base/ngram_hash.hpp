#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/base/error.hpp"

namespace tierway {

/// How a feature's value follows from how often its n-gram occurs.
enum class NgramWeighting : std::uint32_t {
    Binary = 0,     ///< 1, however often.
    Sublinear = 1,  ///< 1 + ln(count), the count taken as at most 255.
};

/// Which n-grams of a text are looked at and where they are hashed to. What was learned with one recipe means nothing under
/// another, so it is stored in the artefact, as these bytes.
struct NgramRecipe {
    std::uint32_t word_slots_log2 = 15;       ///< Slots of the block of word n-grams, as a power of two: 8 to 20; 0: no block.
    std::uint32_t words_max = 2;              ///< Word n-grams of 1 to this many words: 1 to 3.
    std::uint32_t character_slots_log2 = 15;  ///< Of the block of character n-grams: likewise.
    std::uint32_t characters_min = 3;         ///< Character n-grams of this …
    std::uint32_t characters_max = 5;         ///< … to this many bytes, within one word and the blank on either side of it: 2 to 8.
    std::uint32_t fold_digits = 1;            ///< 1: every digit counts as 0, so that numbers of one length are one word.
    NgramWeighting weighting = NgramWeighting::Sublinear;

    [[nodiscard]] std::size_t word_slots() const noexcept;
    [[nodiscard]] std::size_t character_slots() const noexcept;
    /// Of both blocks, the one of words first.
    [[nodiscard]] std::size_t slots() const noexcept { return word_slots() + character_slots(); }
    /// Error: a number is outside its bounds; a recipe comes from a file.
    [[nodiscard]] Result<void> check() const;
    bool operator==(const NgramRecipe&) const = default;
};

/// One slot that a text fills.
struct HashedFeature {
    std::uint32_t slot = 0;
    float value = 0.0F;
};

/// Memory for `hash_ngrams`, kept by the caller so that nothing is allocated once warm. Not for two threads at once.
struct NgramScratch {
    std::string folded;
    std::vector<std::uint8_t> counts;    ///< By slot; all zero between calls.
    std::vector<std::uint32_t> touched;  ///< Slots in the order in which they were filled.
};

/// Replaces `features` by those of the text, each slot once; the values of each block have the Euclidean norm 1 (a block without
/// n-grams has none). Words are runs of letters, digits, underscores and bytes beyond ASCII, of which a piece of 32 bytes counts as
/// a word of its own; every other visible character is a word of one byte without character n-grams. Upper case of ASCII, Latin-1,
/// Greek and Cyrillic counts as lower case. Any bytes are allowed. The same on every machine; linear in the text.
/// REQUIRES: `recipe.check()` succeeds.
void hash_ngrams(std::string_view text, const NgramRecipe& recipe, NgramScratch& scratch, std::vector<HashedFeature>& features);

/// Calls back for every n-gram that `hash_ngrams` counts, as it was counted, so that what is known of a slot can be said in words.
/// For explanations: not fast. Blanks at the ends of a character n-gram are those around its word.
void name_ngrams(std::string_view text, const NgramRecipe& recipe,
                 const std::function<void(std::uint32_t slot, std::string_view ngram)>& named);

}  // namespace tierway
