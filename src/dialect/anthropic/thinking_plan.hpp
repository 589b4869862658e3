#pragma once

#include <cstdint>
#include <string_view>

#include "dialect/turn_layout.hpp"
#include "tierway/dialect/conversation.hpp"

namespace tierway::dialect::anthropic {

/// What a request says of thinking, in words that its model takes.
struct ThinkingPlan {
    enum class Mode : std::uint8_t { Unstated, Disabled, Adaptive, Budget };
    Mode mode = Mode::Unstated;
    std::int64_t budget_tokens = 0;  ///< At least 1,024 and fewer than the answer may have.
    std::string_view effort;         ///< Of `output_config`; empty: none.
    bool left_out = false;           ///< Thinking was asked for and is not in the request.

    /// Whether what was thought before is written into the history.
    [[nodiscard]] bool keeps_reasoning(const ModelRules& rules) const noexcept {
        // With a budget the API refuses thinking in the last answer when none is asked for; models that decide themselves need it.
        const bool decides_itself = mode == Mode::Unstated && rules.thinks && rules.adaptive_thinking;
        return mode == Mode::Adaptive || mode == Mode::Budget || decides_itself;
    }
};

/// The rules are told with `write_request`. \param output_tokens_max of the request as it is written.
ThinkingPlan plan_thinking(const Conversation& conversation, const ModelRules& rules, const TurnLayout& layout,
                           std::int64_t output_tokens_max) noexcept;

}  // namespace tierway::dialect::anthropic
