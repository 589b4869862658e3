#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "tierway/cascade/final_answer.hpp"

namespace tierway::cascade {

/// The longest text that is taken for a final answer.
inline constexpr std::size_t kFinalTextBytesMax = 2048;

/// One spelling for a final answer: a number, a choice letter or a text. Taken off are surrounding blanks, quotes, emphasis,
/// mathematical delimiters, a closing period, LaTeX (outside of texts with quotes, where a backslash is the text's own), "x =" before
/// a value, thousands separators, currency signs, zeros that say nothing, blanks beside punctuation and runs of blanks; both kinds
/// of quotes become one, and the first letter of each word loses its case (`True` and `true` are one, `IT` and `it` are not:
/// answers of code depend on it). Between inner quotes nothing changes.
/// A text of which nothing is left is the empty answer, as `''` is. Absent when it is longer than `kFinalTextBytesMax`, or a form
/// of underscores that nobody filled in.
std::optional<FinalAnswer> in_one_spelling(std::string_view text);

}  // namespace tierway::cascade
