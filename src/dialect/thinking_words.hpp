#pragma once

#include <cstdint>
#include <string_view>

#include "tierway/dialect/conversation.hpp"

/// What the writers of requests ask of a wish to think, whatever their dialect.
namespace tierway::dialect {

/// The effort that providers document for about as many tokens, where there are no budgets: "low", "medium" or "high".
std::string_view effort_for(std::int64_t budget_tokens) noexcept;
/// The effort that is stated, else the one that stands for the budget; empty: nothing is stated.
std::string_view effort_of(const Thinking& thinking) noexcept;

/// Whether the model must call a tool, which excludes thinking in Anthropic's API.
bool forces_a_call(const Conversation& conversation) noexcept;

}  // namespace tierway::dialect
