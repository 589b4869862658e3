#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "tierway/base/error.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::lab {

/// What one model answered to a prompt, as it was recorded.
struct RecordedAnswer {
    bool acceptable = false;
    std::int64_t prompt_tokens = 0;
    std::int64_t completion_tokens = 0;
    std::string text;                         ///< The whole answer; empty: it was not recorded.
    std::string final_answer;                 ///< The extracted one; empty: it was not recorded.
    std::optional<double> token_probability;  ///< Of the chosen option, 0..1.
    std::optional<double> stated_confidence;  ///< What the model said of itself, 0..1.
    bool no_answer = false;                   ///< Nothing in it could be taken for an answer.

    /// What is left of the answer's words: the whole of it, else the extracted part.
    [[nodiscard]] const std::string& words() const noexcept { return text.empty() ? final_answer : text; }
};

/// One prompt and what models answered to it.
struct Outcome {
    std::string id;
    std::string suite;          ///< Which collection it belongs to; may be empty.
    std::string request_class;  ///< As whoever recorded it names its kind; may be empty. Routing goes by the classifier, not by this.
    std::string category;       ///< Finer; may be empty.
    std::string prompt;
    std::map<std::string, RecordedAnswer, std::less<>> answers;  ///< By `provider/model`; never empty.

    /// Null when there is none.
    [[nodiscard]] const RecordedAnswer* answer_of(std::string_view model) const noexcept;
};

/// The longest line of an outcome file.
inline constexpr std::size_t kOutcomeBytesMax = std::size_t{4} << 20U;

/// Reads one line (docs/learning.md describes the format). Members that it does not know are passed over, so that files may say
/// more. Errors: InvalidRequest, the message naming the member and what it must be. Quotes nothing of the line but names of
/// models, which are checked before.
Result<Outcome> read_outcome(std::string_view line, wire::JsonParser& parser);

}  // namespace tierway::lab
