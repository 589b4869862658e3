#include "tierway/config/text_pattern_set.hpp"

#include <re2/re2.h>
#include <re2/set.h>

#include <string>

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

}  // namespace

struct TextPatternSet::Compiled {
    RE2::Set set{set_options(), RE2::UNANCHORED};
};

TextPatternSet::TextPatternSet(const std::vector<TextPattern>& patterns) : patterns_(patterns) {
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

void TextPatternSet::find_in(std::string_view text, std::vector<bool>& found) const {
    found.assign(patterns_.size(), false);
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
