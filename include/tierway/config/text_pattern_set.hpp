#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "tierway/config/text_pattern.hpp"

namespace tierway::config {

/// Several patterns searched together, so that a text costs little more for ten patterns than for one: most patterns need one of
/// a few literals to match, and only those whose literals a text holds are tried; the rest share one automaton. Immutable;
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
    struct WithLiterals;
    struct WithoutLiterals;

    std::vector<TextPattern> patterns_;
    std::unique_ptr<const WithLiterals> with_literals_;        ///< Null when there are none.
    std::unique_ptr<const WithoutLiterals> without_literals_;  ///< Null when there are none.
};

}  // namespace tierway::config
