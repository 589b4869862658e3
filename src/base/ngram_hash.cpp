#include "tierway/base/ngram_hash.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "tierway/base/byte_scan.hpp"

namespace tierway {
namespace {

constexpr std::size_t kWordBytesMax = 32;
constexpr std::uint32_t kSlotsLog2Min = 8;
constexpr std::uint32_t kSlotsLog2Max = 20;
constexpr std::uint32_t kWordsMax = 3;
constexpr std::uint32_t kCharactersMin = 2;
constexpr std::uint32_t kCharactersMax = 8;
/// Words are read eight bytes at a time, also beyond their ends.
constexpr std::size_t kPadding = 2 * sizeof(std::uint64_t);
// Odd numbers without a pattern. They are part of the format: other numbers are other slots.
constexpr std::uint64_t kWordFactor = 0x9E37'79B9'7F4A'7C15U;
constexpr std::uint64_t kSequenceFactor = 0xC2B2'AE3D'27D4'EB4FU;
constexpr std::uint64_t kCharacterFactor = 0xFF51'AFD7'ED55'8CCDU;

enum class ByteKind : std::uint8_t { Blank, Mark, Letter };

struct FoldedByte {
    ByteKind kind = ByteKind::Blank;
    char byte = ' ';
};

constexpr std::array<FoldedByte, 256> folded_bytes(bool fold_digits) {
    std::array<FoldedByte, 256> table{};
    for (unsigned code = 0x21; code < 256; ++code) {
        const bool digit = code >= '0' && code <= '9';
        const bool upper = code >= 'A' && code <= 'Z';
        const bool lower = code >= 'a' && code <= 'z';
        if (code != 0x7F) {
            table[code].kind = digit || upper || lower || code == '_' || code >= 0x80 ? ByteKind::Letter : ByteKind::Mark;
            table[code].byte = static_cast<char>(upper ? code + 0x20 : digit && fold_digits ? '0' : code);
        }
    }
    return table;
}

constexpr std::array<std::array<FoldedByte, 256>, 2> kFolded{folded_bytes(false), folded_bytes(true)};

// Upper case in two bytes: À to Þ but for ×, Α to Ϋ, А to Я and Ё. The lower-case letter takes two bytes as well.
void fold_two_bytes(char* bytes) noexcept {
    const auto lead = static_cast<unsigned char>(bytes[0]);
    const auto next = static_cast<unsigned char>(bytes[1]);
    const auto put = [bytes](unsigned first, unsigned second) {
        bytes[0] = static_cast<char>(first);
        bytes[1] = static_cast<char>(second);
    };
    if (lead == 0xC3 && next >= 0x80 && next <= 0x9E && next != 0x97) {
        put(lead, next + 0x20U);
    } else if (lead == 0xCE && next >= 0x91 && next <= 0x9F) {
        put(lead, next + 0x20U);
    } else if (lead == 0xCE && next >= 0xA0 && next <= 0xAB) {
        put(0xCF, next - 0x20U);
    } else if (lead == 0xD0 && next >= 0x90 && next <= 0x9F) {
        put(lead, next + 0x20U);
    } else if (lead == 0xD0 && next >= 0xA0 && next <= 0xAF) {
        put(0xD1, next - 0x20U);
    } else if (lead == 0xD0 && next == 0x81) {
        put(0xD1, 0x91);
    }
}

/// The words of a text with one blank before each and one at the end, then padding. \returns the size without padding.
std::size_t fold_words(std::string_view text, bool fold_digits, std::string& folded) {
    // At worst every byte is a word, or every piece of a word gets a blank.
    folded.resize(std::max(folded.size(), text.size() * 2 + 1 + kPadding));
    const std::array<FoldedByte, 256>& table = kFolded[fold_digits ? 1 : 0];
    char* to = folded.data();
    const char* word = nullptr;  // Where the word began that is being written.
    for (const char raw : text) {
        const FoldedByte byte = table[static_cast<unsigned char>(raw)];
        if (byte.kind == ByteKind::Letter) {
            if (word == nullptr || to == word + kWordBytesMax) {
                *to++ = ' ';
                word = to;
            }
            *to++ = byte.byte;
            // The byte before is that of the text, for only bytes below 0xA0 follow those that are changed.
            if (static_cast<unsigned char>(raw) >= 0x80 && static_cast<unsigned char>(raw) < 0xC0 && to - word >= 2) {
                fold_two_bytes(to - 2);
            }
        } else {
            word = nullptr;
            if (byte.kind == ByteKind::Mark) {
                *to++ = ' ';
                *to++ = byte.byte;
            }
        }
    }
    *to = ' ';
    std::memset(to + 1, 0, kPadding);
    return static_cast<std::size_t>(to - folded.data());
}

constexpr std::uint64_t low_bytes(std::uint64_t word, std::size_t count) noexcept {
    return count >= sizeof word ? word : word & ((std::uint64_t{1} << (8 * count)) - 1);
}

std::uint64_t hash_of_word(const char* begin, std::size_t size) noexcept {
    std::uint64_t hash = size;
    for (; size > sizeof hash; size -= sizeof hash, begin += sizeof hash) {
        hash = (hash ^ load_word(begin)) * kWordFactor;
        hash ^= hash >> 29U;
    }
    hash = (hash ^ low_bytes(load_word(begin), size)) * kWordFactor;
    return hash ^ hash >> 32U;
}

/// The hashes of the newest words, so that sequences of them can be hashed.
using NewestWords = std::array<std::uint64_t, kWordsMax>;

template <class Sink>
void walk_word(const char* begin, const char* end, std::array<const char*, kWordsMax>& begins, NewestWords& newest,
               std::size_t words, const NgramRecipe& recipe, Sink& sink) {
    const std::uint64_t hash = hash_of_word(begin, static_cast<std::size_t>(end - begin));
    std::uint64_t sequence = hash;
    const unsigned shift = 64U - recipe.word_slots_log2;
    sink(static_cast<std::uint32_t>(sequence * kSequenceFactor >> shift), begin, end);
    const std::size_t longest = std::min<std::size_t>(recipe.words_max, words + 1);
    for (std::size_t size = 2; size <= longest; ++size) {
        sequence = (sequence + size) * kWordFactor + newest[size - 2];
        sink(static_cast<std::uint32_t>(sequence * kSequenceFactor >> shift), begins[size - 2], end);
    }
    newest[2] = newest[1];
    newest[1] = newest[0];
    newest[0] = hash;
    begins[2] = begins[1];
    begins[1] = begins[0];
    begins[0] = begin;
}

/// \param begin, end the word with the blanks around it.
template <class Sink>
void walk_characters(const char* begin, const char* end, std::uint32_t first_slot, const NgramRecipe& recipe, Sink& sink) {
    const unsigned shift = 64U - recipe.character_slots_log2;
    const auto longest = std::min<std::size_t>(recipe.characters_max, static_cast<std::size_t>(end - begin));
    for (std::size_t size = recipe.characters_min; size <= longest; ++size) {
        const std::uint64_t mask = low_bytes(~std::uint64_t{0}, size);
        for (const char* at = begin; at + size <= end; ++at) {
            std::uint64_t hash = load_word(at) & mask;
            hash ^= hash >> 23U;
            sink(first_slot + static_cast<std::uint32_t>(hash * kCharacterFactor >> shift), at, at + size);
        }
    }
}

/// Calls `sink(slot, begin, end)` for each n-gram of what `fold_words` made.
template <class Sink>
void walk(const char* folded, std::size_t size, const NgramRecipe& from, Sink&& sink) {
    // A copy, because what the sink writes might be taken for a part of the caller's.
    const NgramRecipe recipe = from;
    const auto word_slots = static_cast<std::uint32_t>(recipe.word_slots());
    const char* const end = folded + size;
    NewestWords newest{};
    std::array<const char*, kWordsMax> begins{};
    std::size_t words = 0;
    for (const char* blank = folded; blank < end;) {
        const char* const begin = blank + 1;
        const char* next = begin + 1;
        while (*next != ' ') {
            ++next;
        }
        if (recipe.word_slots_log2 > 0) {
            walk_word(begin, next, begins, newest, words++, recipe, sink);
        }
        if (recipe.character_slots_log2 > 0 &&
            kFolded[0][static_cast<unsigned char>(*begin)].kind == ByteKind::Letter) {
            walk_characters(blank, next + 1, word_slots, recipe, sink);
        }
        blank = next;
    }
}

std::array<float, 256> values_by_count(NgramWeighting weighting) {
    std::array<float, 256> values{};
    for (std::size_t count = 1; count < values.size(); ++count) {
        values[count] = weighting == NgramWeighting::Binary ? 1.0F : 1.0F + std::log(static_cast<float>(count));
    }
    return values;
}

const std::array<float, 256>& values_of(NgramWeighting weighting) {
    static const std::array<std::array<float, 256>, 2> tables{values_by_count(NgramWeighting::Binary),
                                                              values_by_count(NgramWeighting::Sublinear)};
    return tables[weighting == NgramWeighting::Binary ? 0 : 1];
}

std::uint32_t slots_or_none(std::uint32_t log2) noexcept {
    return log2 == 0 ? 0 : std::uint32_t{1} << log2;
}

bool is_block_size(std::uint32_t log2) noexcept {
    return log2 == 0 || (log2 >= kSlotsLog2Min && log2 <= kSlotsLog2Max);
}

}  // namespace

std::size_t NgramRecipe::word_slots() const noexcept {
    return slots_or_none(word_slots_log2);
}

std::size_t NgramRecipe::character_slots() const noexcept {
    return slots_or_none(character_slots_log2);
}

Result<void> NgramRecipe::check() const {
    const bool fine = is_block_size(word_slots_log2) && is_block_size(character_slots_log2) && slots() > 0 && words_max >= 1 &&
                      words_max <= kWordsMax && characters_min >= kCharactersMin && characters_max >= characters_min &&
                      characters_max <= kCharactersMax && fold_digits <= 1 &&
                      (weighting == NgramWeighting::Binary || weighting == NgramWeighting::Sublinear);
    if (!fine) {
        return Error::internal("Its recipe for n-grams is none that this build knows.");
    }
    return {};
}

void hash_ngrams(std::string_view text, const NgramRecipe& recipe, NgramScratch& scratch, std::vector<HashedFeature>& features) {
    const std::size_t size = fold_words(text, recipe.fold_digits == 1, scratch.folded);
    if (scratch.counts.size() < recipe.slots()) {
        scratch.counts.resize(recipe.slots());
    }
    const std::size_t by_byte = recipe.words_max + recipe.characters_max - recipe.characters_min + 1;
    if (scratch.touched.size() < (size + 1) * by_byte + 1) {
        scratch.touched.resize((size + 1) * by_byte + 1);
    }
    std::uint8_t* const counts = scratch.counts.data();
    std::uint32_t* const touched = scratch.touched.data();
    std::size_t filled = 0;
    // Without a branch: whether an n-gram is new cannot be predicted.
    walk(scratch.folded.data(), size, recipe, [&](std::uint32_t slot, const char*, const char*) {
        const std::uint8_t count = counts[slot];
        touched[filled] = slot;
        filled += count == 0 ? 1 : 0;
        counts[slot] = static_cast<std::uint8_t>(count + (count < 255 ? 1 : 0));
    });

    const std::array<float, 256>& values = values_of(recipe.weighting);
    const std::size_t word_slots = recipe.word_slots();
    features.resize(filled);
    std::array<float, 2> squares{};
    for (std::size_t i = 0; i < filled; ++i) {
        const std::uint32_t slot = touched[i];
        const float value = values[counts[slot]];
        counts[slot] = 0;
        squares[slot < word_slots ? 0 : 1] += value * value;
        features[i] = {slot, value};
    }
    const std::array<float, 2> scales{squares[0] > 0 ? 1.0F / std::sqrt(squares[0]) : 0.0F,
                                      squares[1] > 0 ? 1.0F / std::sqrt(squares[1]) : 0.0F};
    for (HashedFeature& feature : features) {
        feature.value *= scales[feature.slot < word_slots ? 0 : 1];
    }
}

void name_ngrams(std::string_view text, const NgramRecipe& recipe,
                 const std::function<void(std::uint32_t slot, std::string_view ngram)>& named) {
    std::string folded;
    const std::size_t size = fold_words(text, recipe.fold_digits == 1, folded);
    walk(folded.data(), size, recipe, [&](std::uint32_t slot, const char* begin, const char* end) {
        named(slot, std::string_view(begin, static_cast<std::size_t>(end - begin)));
    });
}

}  // namespace tierway
