#include "cascade/text_shingles.hpp"

#include <algorithm>

namespace tierway::cascade {
namespace {

constexpr std::uint64_t kOffset = 0xcbf29ce484222325ULL;
constexpr std::uint64_t kPrime = 0x100000001b3ULL;

constexpr bool is_space(unsigned char byte) noexcept {
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/// Letters and digits of ASCII, and every byte of other scripts.
constexpr bool is_word_byte(unsigned char byte) noexcept {
    const unsigned char lower = byte | 0x20U;
    return (lower >= 'a' && lower <= 'z') || (byte >= '0' && byte <= '9') || byte >= 0x80;
}

constexpr unsigned char lowered(unsigned char byte) noexcept {
    return byte >= 'A' && byte <= 'Z' ? static_cast<unsigned char>(byte | 0x20U) : byte;
}

}  // namespace

std::vector<std::uint64_t> word_hashes(std::string_view text) {
    std::vector<std::uint64_t> hashes;
    hashes.reserve(text.size() / 5);
    std::uint64_t hash = kOffset;
    bool holds_word_byte = false;
    for (const char character : text) {
        const auto byte = static_cast<unsigned char>(character);
        if (!is_space(byte)) {
            hash = (hash ^ lowered(byte)) * kPrime;
            holds_word_byte = holds_word_byte || is_word_byte(byte);
            continue;
        }
        if (holds_word_byte) {
            hashes.push_back(hash);
        }
        hash = kOffset;
        holds_word_byte = false;
    }
    if (holds_word_byte) {
        hashes.push_back(hash);
    }
    return hashes;
}

std::vector<std::uint64_t> shingles(const std::vector<std::uint64_t>& words, std::size_t length) {
    std::vector<std::uint64_t> hashes;
    if (words.size() < length) {
        return hashes;
    }
    hashes.reserve(words.size() - length + 1);
    for (std::size_t first = 0; first + length <= words.size(); ++first) {
        std::uint64_t hash = kOffset;
        for (std::size_t i = first; i < first + length; ++i) {
            hash = (hash ^ words[i]) * kPrime;
            hash ^= hash >> 29U;
        }
        hashes.push_back(hash);
    }
    return hashes;
}

void make_set(std::vector<std::uint64_t>& hashes) {
    std::ranges::sort(hashes);
    const auto duplicates = std::ranges::unique(hashes);
    hashes.erase(duplicates.begin(), duplicates.end());
}

double jaccard(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b) noexcept {
    std::size_t common = 0;
    auto i = a.begin();
    auto j = b.begin();
    while (i != a.end() && j != b.end()) {
        common += *i == *j ? 1U : 0U;
        const bool step_a = *i <= *j;
        const bool step_b = *j <= *i;
        i += step_a ? 1 : 0;
        j += step_b ? 1 : 0;
    }
    const std::size_t all = a.size() + b.size() - common;
    return all == 0 ? 0.0 : static_cast<double>(common) / static_cast<double>(all);
}

}  // namespace tierway::cascade
