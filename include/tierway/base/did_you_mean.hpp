#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tierway {

/// The candidate nearest to `word` by edit distance, or empty when none is near enough to be a likely typing mistake
/// (at most a third of the longer word's length, at most three edits). Case is ignored.
std::string_view nearest_name(std::string_view word, std::span<const std::string_view> candidates);

/// " Did you mean `x`?" for the nearest candidate, else " Known: `a`, `b`." (at most twelve names), else empty.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace tierway
