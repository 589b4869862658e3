#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "tierway/config/text_pattern.hpp"

namespace tierway::config {

class LiteralSearch;

/// Several patterns searched in one pass over the text, which costs no more for ten patterns than for one; and in none, when
/// every pattern needs some literal text to match and the text holds none of them, which is many times faster to see. Immutable;
/// matching is thread-safe.
class TextPatternSet {
public:
    /// \param patterns found again by their position.
    explicit TextPatternSet(const std::vector<TextPattern>& patterns);
    ~TextPatternSet();
    TextPatternSet(const TextPatternSet&) = delete;
    TextPatternSet& operator=(const TextPatternSet&) = delete;

    /// Sets `found[i]` for each pattern that matches anywhere in `text`; `found` gets one entry for each pattern.
    void find_in(std::string_view text, std::vector<bool>& found) const;

private:
    struct Compiled;
    [[nodiscard]] bool can_match(std::string_view text) const noexcept;

    std::vector<TextPattern> patterns_;
    std::unique_ptr<const LiteralSearch> required_;  ///< Null when some pattern can match without any literal of its own.
    std::unique_ptr<Compiled>
        compiled_;  ///< Null when the patterns are too much for one automaton: they are searched one by one.
};

}  // namespace tierway::config
