#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tierway/dialect/chat_answer.hpp"

namespace tierway::cascade {

/// The member that holds the final answer of a JSON object, unless the class names another.
inline constexpr std::string_view kAnswerField = "answer";

/// What an answer comes to in the end, without the way there and in one spelling, so that two models' answers can be compared.
struct FinalAnswer {
    enum class Kind : std::uint8_t {
        Text,       ///< `text` in one spelling.
        Number,     ///< `text` in decimal or as a fraction, `rest` its unit.
        Choice,     ///< `text` is the letter, `rest` what the option says.
        Json,       ///< A whole JSON value without such a member.
        ToolCalls,  ///< A JSON array of names and arguments.
    };
    Kind kind = Kind::Text;
    std::string text;
    std::string rest{};
};

/// Finds the final answer of a text. The first of these that is there counts:
/// 1. the last member `field` of a JSON object, also when the JSON is slightly broken as models write it (LaTeX backslashes, raw
///    newlines, inner quotes, prose or a fence around it); null is no answer, and an empty string is one;
/// 2. a JSON object or array that is all of the text, or of its last code fence;
/// 3. the last `\boxed{…}`;
/// 4. what follows the last "answer is", "answer:" or "####" on its line;
/// 5. the whole text, when it is one line of at most 200 bytes.
/// Absent when there is none of them, or what was found is longer than 2 KiB (a whole JSON value: than 256 KiB). Of a longer text
/// the last 256 KiB are looked at. Linear in the length, whatever the text.
std::optional<FinalAnswer> final_answer(std::string_view text, std::string_view field = kAnswerField);

/// Of a choice: its tool calls if it makes any, else of its text.
std::optional<FinalAnswer> final_answer(const dialect::AnswerChoice& choice, std::string_view field = kAnswerField);

/// Whether two answers say the same: numbers by value (3 = 3.0 = 6/2) whose units are the same or not given, choices by letter,
/// JSON and tool calls (names, and arguments as JSON, in order) by value, and texts by their one spelling. A number that could
/// not be told from a text before it is compared is a text: when in doubt answers differ, which costs an escalation, not a
/// wrong answer.
bool same_answer(const FinalAnswer& a, const FinalAnswer& b);

}  // namespace tierway::cascade
