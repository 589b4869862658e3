#include "wire/json_duplicate_keys.hpp"

#include <algorithm>
#include <tuple>

#include "wire/json_string.hpp"

namespace tierway::wire::detail {
namespace {

constexpr std::size_t kPairwiseMax = 16;

}  // namespace

std::uint32_t DuplicateKeyFinder::find(const JsonTree& tree) {
    collect(tree);
    return keys_.size() <= kPairwiseMax ? find_pairwise() : find_sorted();
}

void DuplicateKeyFinder::collect(const JsonTree& tree) {
    keys_.clear();
    std::size_t escaped_bytes = 0;
    const std::uint32_t end = tree.nodes.front().next;
    for (std::uint32_t i = 1; i < end; i = tree.nodes[i].next) {
        const JsonNode& node = tree.nodes[i];
        keys_.push_back({tree.key_body(node), node.key_begin});
        escaped_bytes += node.key_has_escapes ? node.key_end - node.key_begin : 0;
    }
    if (escaped_bytes > 0) {
        unescaped_.clear();
        // An escape is never shorter than what it stands for, so the views taken below stay in place.
        unescaped_.reserve(escaped_bytes);
        unescape_keys(tree);
    }
}

void DuplicateKeyFinder::unescape_keys(const JsonTree& tree) {
    std::size_t member = 0;
    const std::uint32_t end = tree.nodes.front().next;
    for (std::uint32_t i = 1; i < end; i = tree.nodes[i].next, ++member) {
        if (tree.nodes[i].key_has_escapes) {
            const std::size_t begin = unescaped_.size();
            append_unescaped(unescaped_, keys_[member].text);
            keys_[member].text = std::string_view(unescaped_).substr(begin);
        }
    }
}

std::uint32_t DuplicateKeyFinder::find_pairwise() const noexcept {
    for (std::size_t later = 1; later < keys_.size(); ++later) {
        for (std::size_t earlier = 0; earlier < later; ++earlier) {
            if (keys_[later].text == keys_[earlier].text) {
                return keys_[later].offset;
            }
        }
    }
    return kNone;
}

std::uint32_t DuplicateKeyFinder::find_sorted() {
    std::sort(keys_.begin(), keys_.end(),
              [](const Key& a, const Key& b) { return std::tie(a.text, a.offset) < std::tie(b.text, b.offset); });
    std::uint32_t first = kNone;
    for (std::size_t i = 1; i < keys_.size(); ++i) {
        if (keys_[i].text == keys_[i - 1].text) {
            first = std::min(first, keys_[i].offset);
        }
    }
    return first;
}

}  // namespace tierway::wire::detail
