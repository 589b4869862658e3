#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "tierway/wire/json_view.hpp"

namespace tierway::wire::detail {

/// One value of a document, by offsets into its text. The nodes of a document lie in the order of the text, so the first child
/// of a container follows it, and `next` is both the following sibling and, for the last child, the end of its container.
struct JsonNode {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::uint32_t next = 0;
    std::uint32_t key_begin = 0;  ///< The opening quote of the member's key.
    std::uint32_t key_end = 0;    ///< Just behind the closing quote; 0 outside an object.
    JsonKind kind = JsonKind::Missing;
    bool has_escapes = false;
    bool key_has_escapes = false;
};

static_assert(sizeof(JsonNode) == 24);

/// An indexed document. The root is node 0.
struct JsonTree {
    std::string_view text;
    std::vector<JsonNode> nodes;  ///< May be longer than the document needs: it never shrinks.

    /// The bytes between the quotes of the string at [begin, end).
    [[nodiscard]] std::string_view between_quotes(std::uint32_t begin, std::uint32_t end) const noexcept {
        return {text.data() + begin + 1, end - begin - 2};
    }
    [[nodiscard]] std::string_view key_body(const JsonNode& node) const noexcept {
        return between_quotes(node.key_begin, node.key_end);
    }
    [[nodiscard]] std::string_view string_body(const JsonNode& node) const noexcept {
        return between_quotes(node.begin, node.end);
    }
};

}  // namespace tierway::wire::detail
