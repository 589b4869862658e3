#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace tierway::config {

/// A compiled regular expression (RE2: linear in the text, so no pattern and no text can hang the gateway). Copies share it;
/// matching is thread-safe.
class TextPattern {
public:
    /// Compiles `pattern`; when it is not valid, empty, and `problem` says why.
    static std::optional<TextPattern> compile(std::string_view pattern, std::string& problem);

    /// Whether the pattern matches anywhere in `text`.
    [[nodiscard]] bool found_in(std::string_view text) const;
    [[nodiscard]] std::string_view source() const noexcept;

private:
    explicit TextPattern(std::shared_ptr<const re2::RE2> expression) : expression_(std::move(expression)) {}
    std::shared_ptr<const re2::RE2> expression_;
};

}  // namespace tierway::config
