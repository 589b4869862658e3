#include "dialect/converse/thinking_plan.hpp"

#include <algorithm>
#include <array>

#include "dialect/thinking_words.hpp"

namespace tierway::dialect::converse {
namespace {

constexpr std::int64_t kBudgetTokensMin = 1'024;  // The API's.

struct EffortRule {
    std::string_view word;
    std::string_view effort;         ///< Claude's.
    std::string_view gpt_oss;        ///< Of gpt-oss, which knows three.
    std::int64_t budget_tokens;
};

constexpr std::array kEfforts = {
    EffortRule{"minimal", "low", "low", 1'024}, EffortRule{"low", "low", "low", 1'024},
    EffortRule{"medium", "medium", "medium", 4'096}, EffortRule{"high", "high", "high", 16'384},
    EffortRule{"xhigh", "xhigh", "high", 32'768}, EffortRule{"max", "max", "high", 32'768},
};

const EffortRule* rule_named(std::string_view word) noexcept {
    const auto* const rule =
        std::find_if(kEfforts.begin(), kEfforts.end(), [word](const EffortRule& each) { return each.word == word; });
    return rule == kEfforts.end() ? nullptr : rule;
}

/// The rule that stands for what is asked, be it a word or a number; null: nothing that is known.
const EffortRule* rule_for(const Thinking& asked) noexcept {
    if (const EffortRule* const rule = rule_named(asked.effort); rule != nullptr || !asked.budget_tokens) {
        return rule;
    }
    return rule_named(effort_for(*asked.budget_tokens));
}

bool begins_with_thought(const LaidOutMessage& message) noexcept {
    return !message.parts.empty() && std::holds_alternative<ReasoningPart>(message.parts.front()->value);
}

bool allows_budget(const std::vector<LaidOutMessage>& messages) noexcept {
    if (messages.empty() || messages.back().role == Role::Assistant) {
        return false;
    }
    const bool in_tool_loop = !messages.back().results.empty() && messages.size() > 1;
    return !in_tool_loop || begins_with_thought(messages[messages.size() - 2]);
}

ThinkingPlan plan_budget(const Conversation& conversation, const EffortRule& rule, const TurnLayout& layout,
                         std::int64_t output_tokens_max) noexcept {
    ThinkingPlan plan;
    std::int64_t budget = conversation.thinking.budget_tokens.value_or(rule.budget_tokens);
    if (budget >= output_tokens_max) {
        budget = output_tokens_max / 2;
    }
    if (budget < kBudgetTokensMin || forces_a_call(conversation) || !allows_budget(layout.messages)) {
        plan.left_out = true;
        return plan;
    }
    plan.mode = ThinkingPlan::Mode::Budget;
    plan.budget_tokens = budget;
    return plan;
}

}  // namespace

ThinkingPlan plan_thinking(const Conversation& conversation, const ModelRules& rules, const TurnLayout& layout,
                           std::int64_t output_tokens_max) noexcept {
    const Thinking& asked = conversation.thinking;
    const ModelFamily family = family_of(rules.model);
    ThinkingPlan plan;
    if (asked.effort == "none") {
        const bool can_be_told = rules.thinks && family == ModelFamily::Claude;
        plan.mode = can_be_told ? ThinkingPlan::Mode::Disabled : ThinkingPlan::Mode::Unstated;
        return plan;
    }
    const EffortRule* const rule = rule_for(asked);
    if (rule == nullptr) {
        plan.left_out = !asked.effort.empty();
        return plan;
    }
    if (!rules.thinks || (family != ModelFamily::Claude && family != ModelFamily::GptOss)) {
        plan.left_out = true;
        return plan;
    }
    if (family == ModelFamily::GptOss) {
        plan.mode = ThinkingPlan::Mode::EffortOnly;
        plan.effort = rule->gpt_oss;
        return plan;
    }
    if (!rules.adaptive_thinking) {
        return plan_budget(conversation, *rule, layout, output_tokens_max);
    }
    plan.effort = rule->effort;
    plan.left_out = forces_a_call(conversation);
    plan.mode = plan.left_out ? ThinkingPlan::Mode::Unstated : ThinkingPlan::Mode::Adaptive;
    return plan;
}

}  // namespace tierway::dialect::converse
