#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tierway::simulator {

/// What can be found in a text by pattern: the true answers of extraction and sentiment tasks, and the material for schema
/// instances. Each list holds at most 64 entries, in the text's order, without repetitions.
struct Findings {
    std::vector<std::string> emails;
    std::vector<std::string> links;
    std::vector<std::string> dates;  ///< ISO dates as written.
    std::vector<std::string> numbers;
    std::vector<std::string> names;  ///< Runs of capitalized words that do not begin a sentence.
};

Findings find_in(std::string_view text);

/// "positive", "negative" or "neutral", by counting words of a small list; "not" turns the next such word around.
std::string_view sentiment_of(std::string_view text);

}  // namespace tierway::simulator
