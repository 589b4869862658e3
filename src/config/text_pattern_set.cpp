#include "tierway/config/text_pattern_set.hpp"

#include <re2/filtered_re2.h>
#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <optional>
#include <string>

#include "config/literal_search.hpp"

namespace tierway::config {
namespace {

/// Memory of the automaton; beyond it RE2 gives up and the patterns are searched one by one.
constexpr std::int64_t kAutomatonBytesMax = std::int64_t{32} << 20U;

RE2::Options set_options() {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(kAutomatonBytesMax);
    return options;
}

/// The texts of which a match of any pattern needs at least one, in lower case; empty when a pattern needs none that can be told.
std::optional<std::vector<std::string>> required_literals(const std::vector<TextPattern>& patterns) {
    re2::FilteredRE2 filter(static_cast<int>(LiteralSearch::kLiteralBytesMin));
    for (const TextPattern& pattern : patterns) {
        const std::string_view source = pattern.source();
        int id = 0;
        if (filter.Add(re2::StringPiece(source.data(), source.size()), set_options(), &id) != RE2::NoError) {
            return std::nullopt;
        }
    }
    std::vector<std::string> literals;
    filter.Compile(&literals);
    std::vector<int> without_literals;
    filter.AllPotentials({}, &without_literals);
    // Letters beyond ASCII fold in ways that the literal search does not know.
    const bool ascii = std::all_of(literals.begin(), literals.end(), [](const std::string& literal) {
        return std::all_of(literal.begin(), literal.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    });
    return without_literals.empty() && ascii ? std::optional(std::move(literals)) : std::nullopt;
}

/// Whether the text holds one of the two letters beyond ASCII that RE2 takes for ASCII ones when case is ignored: the Kelvin sign
/// and the long s (Unicode CaseFolding.txt).
bool has_letter_that_folds_to_ascii(std::string_view text) noexcept {
    return text.find("\u212A") != std::string_view::npos || text.find("\u017F") != std::string_view::npos;
}

}  // namespace

struct TextPatternSet::Compiled {
    RE2::Set set{set_options(), RE2::UNANCHORED};
};

TextPatternSet::TextPatternSet(const std::vector<TextPattern>& patterns) : patterns_(patterns) {
    if (patterns.empty()) {
        return;
    }
    if (auto literals = required_literals(patterns)) {
        required_ = std::make_unique<const LiteralSearch>(std::move(*literals));
    }
    if (patterns.size() < 2) {
        return;
    }
    auto compiled = std::make_unique<Compiled>();
    for (const TextPattern& pattern : patterns) {
        const std::string_view source = pattern.source();
        if (compiled->set.Add(re2::StringPiece(source.data(), source.size()), nullptr) < 0) {
            return;
        }
    }
    if (compiled->set.Compile()) {
        compiled_ = std::move(compiled);
    }
}

TextPatternSet::~TextPatternSet() = default;

bool TextPatternSet::can_match(std::string_view text) const noexcept {
    return !required_ || required_->any_in(text) || has_letter_that_folds_to_ascii(text);
}

void TextPatternSet::find_in(std::string_view text, std::vector<bool>& found) const {
    found.assign(patterns_.size(), false);
    if (!can_match(text)) {
        return;
    }
    if (compiled_) {
        std::vector<int> positions;
        RE2::Set::ErrorInfo problem{};
        compiled_->set.Match(re2::StringPiece(text.data(), text.size()), &positions, &problem);
        if (problem.kind == RE2::Set::kNoError) {
            for (const int position : positions) {
                found[static_cast<std::size_t>(position)] = true;
            }
            return;
        }
    }
    for (std::size_t i = 0; i < patterns_.size(); ++i) {
        found[i] = patterns_[i].found_in(text);
    }
}

}  // namespace tierway::config
