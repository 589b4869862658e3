#include "dialect/thinking_words.hpp"

namespace tierway::dialect {

std::string_view effort_for(std::int64_t budget_tokens) noexcept {
    constexpr std::int64_t kLowTokensMax = 2'048;
    constexpr std::int64_t kMediumTokensMax = 8'192;
    return budget_tokens <= kLowTokensMax ? "low" : budget_tokens <= kMediumTokensMax ? "medium" : "high";
}

std::string_view effort_of(const Thinking& thinking) noexcept {
    const bool is_stated = !thinking.effort.empty() || !thinking.budget_tokens;
    return is_stated ? std::string_view(thinking.effort) : effort_for(*thinking.budget_tokens);
}

bool forces_a_call(const Conversation& conversation) noexcept {
    const ToolChoice::Mode mode = conversation.tool_choice.mode;
    return !conversation.tools.empty() && (mode == ToolChoice::Mode::Required || mode == ToolChoice::Mode::Named);
}

}  // namespace tierway::dialect
