#include "dialect/anthropic/thinking_plan.hpp"

#include <algorithm>
#include <array>

#include "dialect/thinking_words.hpp"

#include "dialect/anthropic/message_layout.hpp"

namespace tierway::dialect::anthropic {
namespace {

constexpr std::int64_t kBudgetTokensMin = 1'024;  // The API's.

struct EffortRule {
    std::string_view word;
    std::string_view effort;  ///< The API's.
    std::int64_t budget_tokens;
};

constexpr std::array<EffortRule, 6> kEfforts{{{"minimal", "low", 1'024},
                                              {"low", "low", 1'024},
                                              {"medium", "medium", 4'096},
                                              {"high", "high", 16'384},
                                              {"xhigh", "xhigh", 32'768},
                                              {"max", "max", 32'768}}};

/// A word that nobody knows is taken as no wish.
const EffortRule* rule_of(std::string_view word) noexcept {
    const auto* const rule =
        std::find_if(kEfforts.begin(), kEfforts.end(), [word](const EffortRule& each) { return each.word == word; });
    return rule == kEfforts.end() ? nullptr : rule;
}

ThinkingPlan left_out(std::string_view effort) noexcept {
    ThinkingPlan plan;
    plan.effort = effort;
    plan.left_out = true;
    return plan;
}

}  // namespace

ThinkingPlan plan_thinking(const Conversation& conversation, const ModelRules& rules, const TurnLayout& layout,
                           std::int64_t output_tokens_max) noexcept {
    const Thinking& asked = conversation.thinking;
    const EffortRule* const rule = rule_of(asked.effort);
    ThinkingPlan plan;
    if (asked.effort == "none") {
        plan.mode = rules.thinks ? ThinkingPlan::Mode::Disabled : ThinkingPlan::Mode::Unstated;
        return plan;
    }
    if (rule == nullptr && !asked.budget_tokens) {
        plan.left_out = !asked.effort.empty();
        return plan;
    }
    if (!rules.thinks) {
        return left_out({});
    }
    if (rules.adaptive_thinking) {
        const std::string_view effort = rule != nullptr ? rule->effort : effort_for(*asked.budget_tokens);
        if (forces_a_call(conversation)) {
            return left_out(effort);
        }
        plan.mode = ThinkingPlan::Mode::Adaptive;
        plan.effort = effort;
        return plan;
    }
    std::int64_t budget = asked.budget_tokens ? *asked.budget_tokens : rule->budget_tokens;
    if (budget >= output_tokens_max) {
        budget = output_tokens_max / 2;
    }
    if (budget < kBudgetTokensMin || forces_a_call(conversation) || !allows_thinking_budget(layout.messages)) {
        return left_out({});
    }
    plan.mode = ThinkingPlan::Mode::Budget;
    plan.budget_tokens = budget;
    return plan;
}

}  // namespace tierway::dialect::anthropic
