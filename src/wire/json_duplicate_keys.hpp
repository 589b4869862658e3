#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wire/json_tree.hpp"

namespace tierway::wire::detail {

/// Finds two members of one object whose keys are equal once unescaped. Keeps its memory between calls. A few keys are compared
/// with each other; many are sorted, so that a hostile object costs n log n comparisons and not n squared.
class DuplicateKeyFinder {
public:
    /// The offset of the second of two equal keys of the root object, or `kNone`.
    static constexpr std::uint32_t kNone = UINT32_MAX;
    std::uint32_t find(const JsonTree& tree);

private:
    struct Key {
        std::string_view text;
        std::uint32_t offset;
    };

    void collect(const JsonTree& tree);
    void unescape_keys(const JsonTree& tree);
    [[nodiscard]] std::uint32_t find_pairwise() const noexcept;
    std::uint32_t find_sorted();

    std::vector<Key> keys_;
    std::string unescaped_;
};

}  // namespace tierway::wire::detail
