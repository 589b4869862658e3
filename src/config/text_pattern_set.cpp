#include "tierway/config/text_pattern_set.hpp"

#include <re2/filtered_re2.h>
#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <numeric>
#include <string>

#include "config/literal_search.hpp"

namespace tierway::config {
namespace {

/// Memory of an automaton; beyond it RE2 gives up and the patterns are searched one by one.
constexpr std::int64_t kAutomatonBytesMax = std::int64_t{32} << 20U;

RE2::Options pattern_options() {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(kAutomatonBytesMax);
    return options;
}

void add_to(re2::FilteredRE2& filter, const TextPattern& pattern) {
    const std::string_view source = pattern.source();
    int id = 0;
    filter.Add(re2::StringPiece(source.data(), source.size()), pattern_options(), &id);
}

bool is_ascii(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Whether a match of the pattern must hold a literal that the search can look for: letters beyond ASCII fold in ways that it
/// does not know.
bool needs_a_literal(const TextPattern& pattern) {
    re2::FilteredRE2 filter(static_cast<int>(LiteralSearch::kLiteralBytesMin));
    add_to(filter, pattern);
    std::vector<std::string> literals;
    filter.Compile(&literals);
    std::vector<int> without_literals;
    filter.AllPotentials({}, &without_literals);
    return without_literals.empty() && std::all_of(literals.begin(), literals.end(), is_ascii);
}

/// Whether the text holds one of the two letters beyond ASCII that RE2 takes for ASCII ones when case is ignored: the Kelvin sign
/// and the long s (Unicode CaseFolding.txt).
bool has_letter_that_folds_to_ascii(std::string_view text) noexcept {
    return text.find("\u212A") != std::string_view::npos || text.find("\u017F") != std::string_view::npos;
}

}  // namespace

struct TextPatternSet::WithLiterals {
    re2::FilteredRE2 filter{static_cast<int>(LiteralSearch::kLiteralBytesMin)};
    std::vector<std::size_t> positions;  ///< Of the filter's patterns, in `patterns_`.
    LiteralSearch literals{{}};
};

struct TextPatternSet::WithoutLiterals {
    RE2::Set set{pattern_options(), RE2::UNANCHORED};
    std::vector<std::size_t> positions;
    bool compiled = false;
};

TextPatternSet::TextPatternSet(const std::vector<TextPattern>& patterns) : patterns_(patterns) {
    auto with_literals = std::make_unique<WithLiterals>();
    auto without_literals = std::make_unique<WithoutLiterals>();
    bool added = true;
    for (std::size_t position = 0; position < patterns.size(); ++position) {
        if (needs_a_literal(patterns[position])) {
            add_to(with_literals->filter, patterns[position]);
            with_literals->positions.push_back(position);
        } else {
            const std::string_view source = patterns[position].source();
            added = without_literals->set.Add(re2::StringPiece(source.data(), source.size()), nullptr) >= 0 && added;
            without_literals->positions.push_back(position);
        }
    }
    if (!with_literals->positions.empty()) {
        std::vector<std::string> literals;
        with_literals->filter.Compile(&literals);
        with_literals->literals = LiteralSearch(std::move(literals));
        with_literals_ = std::move(with_literals);
    }
    if (!without_literals->positions.empty()) {
        without_literals->compiled = added && without_literals->positions.size() > 1 && without_literals->set.Compile();
        without_literals_ = std::move(without_literals);
    }
}

TextPatternSet::~TextPatternSet() = default;

void TextPatternSet::find_in(std::string_view text, std::vector<bool>& found) const {
    found.assign(patterns_.size(), false);
    if (with_literals_) {
        std::vector<int> candidates;
        const std::vector<int> literals = with_literals_->literals.find_in(text);
        if (!literals.empty()) {
            with_literals_->filter.AllPotentials(literals, &candidates);
        }
        if (has_letter_that_folds_to_ascii(text)) {
            candidates.resize(with_literals_->positions.size());
            std::iota(candidates.begin(), candidates.end(), 0);
        }
        for (const int candidate : candidates) {
            const std::size_t position = with_literals_->positions[static_cast<std::size_t>(candidate)];
            found[position] = patterns_[position].found_in(text);
        }
    }
    if (without_literals_) {
        std::vector<int> matches;
        RE2::Set::ErrorInfo problem{RE2::Set::kNotCompiled};
        if (without_literals_->compiled) {
            without_literals_->set.Match(re2::StringPiece(text.data(), text.size()), &matches, &problem);
        }
        if (problem.kind == RE2::Set::kNoError) {
            for (const int match : matches) {
                found[without_literals_->positions[static_cast<std::size_t>(match)]] = true;
            }
            return;
        }
        for (const std::size_t position : without_literals_->positions) {
            found[position] = patterns_[position].found_in(text);
        }
    }
}

}  // namespace tierway::config
