#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tierway::simulator {

/// A text cut into pieces that resemble a tokenizer's: words with the space before them, in pieces of at most eight bytes; up to
/// three digits; single marks; white space. Joined again they are the text; no UTF-8 character is split.
std::vector<std::string> tokens_of(std::string_view text);

/// Exactly `count` tokens of varied words, so that it does not look like a model stuck in a loop.
std::vector<std::string> filler_tokens(std::size_t count, std::uint64_t seed);

}  // namespace tierway::simulator
