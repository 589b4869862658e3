#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tierway::cascade {

struct AnswerField {
    bool found = false;
    std::optional<std::string> value{};  ///< Empty when it is null.
};

/// The last member `"field": …` of a text that need not be valid JSON. The value of a string is given without its quotes and with
/// its escapes resolved as far as that is safe: `\"`, `\\`, `\/` and `\uXXXX`; any other backslash stays, because models write
/// LaTeX (`\frac`) unescaped as often as they mean a form feed, and both spellings then come out alike. Linear.
AnswerField answer_field(std::string_view text, std::string_view field);

}  // namespace tierway::cascade
