#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "wire/backslash_scanner.hpp"
#include "wire/json_tree.hpp"

namespace tierway::wire::detail {

/// The grammar over the structural index that simdjson's first stage left: an iterative walk which checks every token and
/// writes one node for each value. Stage 1 has checked UTF-8, closed strings and raw control characters within them; between
/// two indexes lie one token and white space.
class JsonTreeBuilder {
public:
    /// \param open scratch for the containers being open, kept by the caller so that it allocates once.
    JsonTreeBuilder(JsonTree& tree, std::vector<std::uint32_t>& open, const std::uint32_t* indexes, std::size_t count,
                    const JsonLimits& limits)
        : open_(open),
          text_(tree.text.data()),
          size_(static_cast<std::uint32_t>(tree.text.size())),
          cursor_(indexes),
          last_(indexes + count),
          backslashes_(tree.text),
          limits_(limits) {
        // Every value has an index of its own, so this is room for all; nodes are filled in place, field by field.
        room_ = static_cast<std::uint32_t>(std::min(count, limits.values_max));
        if (tree.nodes.size() < room_) {
            tree.nodes.resize(room_);
        }
        nodes_ = tree.nodes.data();
    }

    /// Fills the tree. False: `problem()` and `problem_at()` say what is wrong and where.
    bool build();

    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }
    [[nodiscard]] std::size_t problem_at() const noexcept { return problem_at_; }

private:
    /// Claims the node after the last, to be filled with its key, if it has one, and then by `read_value`.
    bool claim_node();
    bool read_value();
    bool read_string();
    bool read_number();
    bool read_literal(JsonKind kind, std::string_view name);
    bool finish_scalar(JsonKind kind) noexcept;
    bool open_container(JsonKind kind);
    bool read_element_or_close();
    bool read_member_or_close();
    bool read_key();
    void close_container();

    /// The token's end: the last byte before the next index that is not white space.
    [[nodiscard]] std::uint32_t trimmed_end(std::uint32_t begin, std::uint32_t bound) const noexcept;
    [[nodiscard]] std::uint32_t bound_of_current() const noexcept { return cursor_ + 1 == last_ ? size_ : cursor_[1]; }
    /// Finds the end of the string token at the cursor and checks its escapes.
    bool delimit_string(std::uint32_t& end, bool& has_escapes);
    bool check_escapes(std::uint32_t body_end);

    bool fail(std::string problem, std::size_t at);
    bool fail_expecting(const char* expected);

    JsonNode* nodes_ = nullptr;
    std::uint32_t count_ = 0;  ///< Finished and open nodes.
    std::uint32_t room_ = 0;
    std::vector<std::uint32_t>& open_;
    const char* text_;
    std::uint32_t size_;
    const std::uint32_t* cursor_;
    const std::uint32_t* last_;
    BackslashScanner backslashes_;
    const JsonLimits& limits_;
    std::string problem_;
    std::size_t problem_at_ = 0;
};

}  // namespace tierway::wire::detail
