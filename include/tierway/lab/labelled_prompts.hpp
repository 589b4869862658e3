#pragma once

#include <cstddef>
#include <istream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/classify/features.hpp"
#include "tierway/config/load.hpp"

namespace tierway::lab {

/// New names by old ones, such as `{"qa": "open_qa", "advice": "open_qa"}`. What it does not name keeps its name.
using NameMap = std::map<std::string, std::string, std::less<>>;

/// A prompt whose class is known, reduced to what a classifier sees of it.
struct LabelledPrompt {
    std::string id;
    std::string label;
    std::string source;  ///< Where the row comes from; empty: not said.
    std::string licence;  ///< What its source says of its use; empty: not said.
    std::string origin;  ///< "user" (what people really asked), "benchmark", "template" …; empty: not said.
    classify::Features features;
};

inline constexpr std::size_t kLabelledPromptBytesMax = std::size_t{4} << 20U;  ///< Of a line.
inline constexpr std::size_t kLabelledPromptsMax = 200'000;                    ///< Rows; each is held with up to 3 KiB of its text.
inline constexpr std::size_t kLabelledProblemsMax = 20;

struct LabelledPrompts {
    std::vector<LabelledPrompt> rows;
    std::vector<config::Problem> problems;  ///< The first `kLabelledProblemsMax`. With any, the rows are not to be used.
};

/// Reads JSON lines: `{"id": …, "class": …, "prompt": …}`, where `messages` (as a chat request has them, with `tools` and
/// `response_format` when there are) may stand in place of `prompt`; `source`, `origin` and `licence` may be
/// there; other members and empty lines are passed over. A second row of an id is a problem.
/// \param field the member that holds the class.
/// \param file  names the stream in problems.
LabelledPrompts read_labelled_prompts(std::istream& lines, const std::string& file, std::string_view field, const NameMap& names);

/// Reads a JSON object of texts, at most 1 MiB. Error: it is none; the message names the file.
Result<NameMap> read_name_map(const std::string& file);

}  // namespace tierway::lab
