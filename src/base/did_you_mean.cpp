#include "tierway/base/did_you_mean.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

namespace tierway {
namespace {

constexpr std::size_t kListedMax = 12;
constexpr std::size_t kWordBytesMax = 128;

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Levenshtein distance with a single row.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            const std::size_t changed = diagonal + (lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1);
            row[j] = std::min({above + 1, row[j - 1] + 1, changed});
            diagonal = above;
        }
    }
    return row.back();
}

}  // namespace

std::string_view nearest_name(std::string_view word, std::span<const std::string_view> candidates) {
    if (word.size() > kWordBytesMax) {
        return {};
    }
    std::string_view best;
    std::size_t best_distance = 4;
    for (const std::string_view candidate : candidates) {
        if (candidate.size() > kWordBytesMax) {
            continue;
        }
        const std::size_t distance = edit_distance(word, candidate);
        if (distance < best_distance && distance * 3 <= std::max(word.size(), candidate.size())) {
            best = candidate;
            best_distance = distance;
        }
    }
    return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
    if (const std::string_view near = nearest_name(word, candidates); !near.empty()) {
        return " Did you mean `" + std::string(near) + "`?";
    }
    if (candidates.empty()) {
        return {};
    }
    std::string text = " Known: ";
    for (std::size_t i = 0; i < std::min(candidates.size(), kListedMax); ++i) {
        text += (i == 0 ? "`" : ", `") + std::string(candidates[i]) + "`";
    }
    return text + (candidates.size() > kListedMax ? ", …" : ".");
}

}  // namespace tierway
