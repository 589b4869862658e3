#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tierway/base/time.hpp"
#include "tierway/dialect/chat_answer.hpp"
#include "tierway/dialect/token_usage.hpp"

namespace tierway::gateway {

/// One side of a comparison.
struct ShadowAnswer {
    std::string_view model;  ///< "provider/model"
    const dialect::ChatAnswer& answer;
    bool acceptable = false;
};

/// What a comparison came to.
struct ShadowRow {
    std::string_view id;
    WallTime at{};
    std::string_view request_class;
    std::string_view judged_by;  ///< "agreement", or the judge model.
    std::string_view policy;
    std::string_view prompt;        ///< Of the newest user message.
    std::string_view answer_field;  ///< Where final answers are.
    ShadowAnswer kept;
    ShadowAnswer better;
    std::optional<ShadowAnswer> second{};  ///< A second model's opinion, if one was got.
};

/// The row as one line of the outcome format (docs/learning.md), without a line end. Texts are cut at 64 KiB. Pure.
/// \param keep_text else prompt, answers and final answers are left out.
std::string shadow_line(const ShadowRow& row, bool keep_text);

}  // namespace tierway::gateway
