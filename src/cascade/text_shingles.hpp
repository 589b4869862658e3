#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace tierway::cascade {

/// Hashes of the words of `text` in order. A word is a run of bytes without white space that holds a letter or a digit, so that
/// rules of tables and brackets of code do not count; ASCII case is ignored.
std::vector<std::uint64_t> word_hashes(std::string_view text);

/// One hash for each run of `length` words. Empty when there are fewer words.
std::vector<std::uint64_t> shingles(const std::vector<std::uint64_t>& words, std::size_t length);

/// Sorts and removes duplicates.
void make_set(std::vector<std::uint64_t>& hashes);

/// |a ∩ b| / |a ∪ b|; 0 when both are empty. REQUIRES: both are sets.
double jaccard(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b) noexcept;

}  // namespace tierway::cascade
