#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "wire/json_tree.hpp"

namespace tierway::wire::detail {

/// The grammar of RFC 8259, walked once from the text's start to its end: checks every token and writes one node for each value.
/// UTF-8 is checked as far as the scan of strings does in passing; `utf8_unchecked()` tells whether that leaves any to check.
class JsonTreeBuilder {
public:
    /// \param open scratch for the containers being open, kept by the caller so that it allocates once.
    JsonTreeBuilder(JsonTree& tree, std::vector<std::uint32_t>& open, const JsonLimits& limits)
        : tree_(tree), open_(open), begin_(tree.text.data()), at_(begin_), end_(begin_ + tree.text.size()), limits_(limits) {
        take_room();
    }

    /// Fills the tree. False: `problem()` and `problem_at()` say what is wrong and where.
    bool build();

    [[nodiscard]] bool utf8_unchecked() const noexcept { return utf8_unchecked_; }
    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }
    [[nodiscard]] std::size_t problem_at() const noexcept { return problem_at_; }

private:
    /// Claims the node after the last, to be filled with its key, if it has one, and then by `read_value`.
    bool claim_node();
    bool make_room();
    void take_room() noexcept;
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

    void skip_white_space() noexcept {
        // What machines write has none.
        if (at_ != end_ && static_cast<unsigned char>(*at_) <= ' ') [[unlikely]] {
            pass_white_space();
        }
    }
    void pass_white_space() noexcept;
    /// The end of a number or literal: what follows is white space, a structural character or the text's end.
    [[nodiscard]] const char* token_end() const noexcept;
    /// Moves behind the string at `at_`.
    bool pass_string(bool& has_escapes);
    [[nodiscard]] std::uint32_t offset() const noexcept { return static_cast<std::uint32_t>(at_ - begin_); }

    bool fail(std::string problem, std::size_t at);
    bool fail_expecting(const char* expected);

    JsonTree& tree_;
    std::vector<std::uint32_t>& open_;
    const char* begin_;
    const char* at_;
    const char* end_;
    JsonNode* nodes_ = nullptr;
    std::uint32_t count_ = 0;  ///< Finished and open nodes.
    std::uint32_t room_ = 0;   ///< Nodes that may be used before more are made.
    bool utf8_unchecked_ = false;
    const JsonLimits& limits_;
    std::string problem_;
    std::size_t problem_at_ = 0;
};

}  // namespace tierway::wire::detail
