#pragma once

#include <cstdint>
#include <string_view>

#include "dialect/converse/model_family.hpp"
#include "dialect/turn_layout.hpp"
#include "tierway/dialect/conversation.hpp"

namespace tierway::dialect::converse {

/// What a request says of thinking, in words that its model takes.
struct ThinkingPlan {
    enum class Mode : std::uint8_t {
        Unstated,
        Disabled,   ///< Claude: it is to answer at once.
        Adaptive,   ///< Claude: it decides how much, guided by `effort`.
        Budget,     ///< Claude before 4.6: at most `budget_tokens`.
        EffortOnly  ///< gpt-oss: `effort` in a member of its own.
    };
    Mode mode = Mode::Unstated;
    std::int64_t budget_tokens = 0;  ///< At least 1,024 and fewer than the answer may have.
    std::string_view effort;         ///< Empty: none.
    bool left_out = false;           ///< Thinking was asked for and is not in the request.

    [[nodiscard]] bool thinks() const noexcept { return mode == Mode::Adaptive || mode == Mode::Budget; }
};

/// Claude does not think where it is made to call a tool, nor with a budget where the tool loop in progress began without thought
/// or where an answer was begun for it.
/// \param output_tokens_max of the request as it is written.
ThinkingPlan plan_thinking(const Conversation& conversation, const ModelRules& rules, const TurnLayout& layout,
                           std::int64_t output_tokens_max) noexcept;

}  // namespace tierway::dialect::converse
