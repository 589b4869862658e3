#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tierway::simulator {

/// The result of the sum a text sets: an expression in it ("17*23", "3 plus 4 times 2", "12% of 80", with + - * / × ÷ and
/// parentheses), or a word sum ("Anna has 3 apples and buys 4 more. How many …?": two or more numbers and a tell-tale word).
/// Empty when there is none, or it divides by zero. Word sums are guessed: sum, difference or product, by their verbs. \param
/// lower the text in lower case.
std::optional<double> solve(std::string_view lower);

/// "391", "0.3333": whole numbers without a point, others with at most four decimals.
std::string number_text(double value);

/// The numbers in a text, in order: digits with an optional fraction and thousands commas, and the English words one … twelve.
/// A sign counts when no letter or digit stands before it.
std::vector<double> numbers_in(std::string_view lower);

}  // namespace tierway::simulator
