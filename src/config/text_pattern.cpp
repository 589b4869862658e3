#include "tierway/config/text_pattern.hpp"

#include <re2/re2.h>

namespace tierway::config {
namespace {

constexpr std::size_t kPatternBytesMax = 4096;
// For each pattern's programs and its cache of states. Beyond it RE2 refuses the pattern, or matches more slowly but still
// linearly.
constexpr std::int64_t kMemoryBytesMax = std::int64_t{2} << 20;

re2::StringPiece piece(std::string_view text) {
    return {text.data(), text.size()};
}

}  // namespace

std::optional<TextPattern> TextPattern::compile(std::string_view pattern, std::string& problem) {
    if (pattern.empty()) {
        problem = "is empty, so it would match every text";
        return std::nullopt;
    }
    if (pattern.size() > kPatternBytesMax) {
        problem = "is longer than " + std::to_string(kPatternBytesMax) + " bytes";
        return std::nullopt;
    }
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_never_capture(true);
    options.set_max_mem(kMemoryBytesMax);
    auto expression = std::make_shared<const re2::RE2>(piece(pattern), options);
    if (!expression->ok()) {
        problem = expression->error();
        return std::nullopt;
    }
    return TextPattern(std::move(expression));
}

bool TextPattern::found_in(std::string_view text) const {
    return expression_->Match(piece(text), 0, text.size(), re2::RE2::UNANCHORED, nullptr, 0);
}

std::string_view TextPattern::source() const noexcept {
    return expression_->pattern();
}

}  // namespace tierway::config
