#include "dialect/gemini/generation_config.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "dialect/request_loss.hpp"
#include "dialect/thinking_words.hpp"
#include "tierway/base/json_writer.hpp"

namespace tierway::dialect::gemini {
namespace {

constexpr std::size_t kStopsMax = 5;
constexpr std::int64_t kTopLogprobsMax = 20;
/// What every thinking model before Gemini 3 takes.
constexpr std::int64_t kBudgetTokensMax = 24'576;

/// An effort in the API's words: a level for Gemini 3, a budget in tokens for its elders, as Google's own compatible API has them.
struct EffortRule {
    std::string_view word;
    std::string_view level;
    std::int64_t budget_tokens;
};

constexpr std::array kEfforts = {
    EffortRule{"none", "MINIMAL", 0},  // Gemini 3 cannot but think.
    EffortRule{"minimal", "MINIMAL", 1'024},
    EffortRule{"low", "LOW", 1'024},
    EffortRule{"medium", "MEDIUM", 8'192},
    EffortRule{"high", "HIGH", kBudgetTokensMax},
    EffortRule{"xhigh", "HIGH", kBudgetTokensMax},
    EffortRule{"max", "HIGH", kBudgetTokensMax},
};

const EffortRule* rule_named(std::string_view word) noexcept {
    return std::find_if(kEfforts.begin(), kEfforts.end(), [word](const EffortRule& each) { return each.word == word; });
}

std::string_view level_for(std::int64_t budget_tokens) noexcept {
    return rule_named(budget_tokens <= 0 ? "none" : effort_for(budget_tokens))->level;
}

void write_thinking(JsonWriter& json, const Thinking& thinking, const ModelRules& rules, Omissions& omissions) {
    const EffortRule* const rule = rule_named(thinking.effort);
    const bool has_rule = rule != kEfforts.end();
    const bool wishes = has_rule || thinking.budget_tokens;
    const bool wishes_thought = thinking.budget_tokens || (has_rule && rule->word != "none");
    if (!thinking.effort.empty() && !has_rule) {
        omit(omissions, "reasoning_effort");
    }
    if (!rules.thinks) {
        if (wishes_thought) {
            omit(omissions, "reasoning_effort");
        }
        return;
    }
    if (!wishes && thinking.summary.empty()) {
        return;
    }
    json.key("thinkingConfig").begin_object();
    if (!thinking.summary.empty()) {
        json.boolean("includeThoughts", true);
    }
    if (wishes && rules.adaptive_thinking) {
        json.text("thinkingLevel", has_rule ? rule->level : level_for(*thinking.budget_tokens));
    } else if (wishes) {
        const std::int64_t budget = thinking.budget_tokens ? *thinking.budget_tokens : rule->budget_tokens;
        json.integer("thinkingBudget", std::clamp<std::int64_t>(budget, 0, kBudgetTokensMax));
    }
    json.end_object();
}

void write_sampling(JsonWriter& json, const Conversation& conversation, bool is_taken, Omissions& omissions) {
    const auto write = [&](std::string_view name, std::string_view parameter, const std::optional<double>& value) {
        if (value && is_taken) {
            json.decimal(name, *value);
        } else if (value) {
            omit(omissions, parameter);
        }
    };
    write("temperature", "temperature", conversation.temperature);
    write("topP", "top_p", conversation.top_p);
    if (conversation.top_k && is_taken) {
        json.integer("topK", *conversation.top_k);
    } else if (conversation.top_k) {
        omit(omissions, "top_k");
    }
    write("presencePenalty", "presence_penalty", conversation.presence_penalty);
    write("frequencyPenalty", "frequency_penalty", conversation.frequency_penalty);
}

void write_limits(JsonWriter& json, const Conversation& conversation, Omissions& omissions) {
    if (conversation.choices > 1) {
        json.integer("candidateCount", conversation.choices);
    }
    if (conversation.output_tokens_max) {
        json.integer("maxOutputTokens", *conversation.output_tokens_max);
    }
    if (!conversation.stop.empty()) {
        json.key("stopSequences").begin_array();
        for (std::size_t i = 0; i < std::min(conversation.stop.size(), kStopsMax); ++i) {
            json.text(conversation.stop[i]);
        }
        json.end_array();
    }
    if (conversation.stop.size() > kStopsMax) {
        omit(omissions, "stop");
    }
    using Seed = std::numeric_limits<std::int32_t>;
    if (conversation.seed && *conversation.seed >= Seed::min() && *conversation.seed <= Seed::max()) {
        json.integer("seed", *conversation.seed);
    } else if (conversation.seed) {
        omit(omissions, "seed");
    }
}

void write_format(JsonWriter& json, const OutputFormat& format) {
    if (format.kind == OutputFormat::Kind::Text) {
        return;
    }
    json.text("responseMimeType", "application/json");
    if (format.kind == OutputFormat::Kind::JsonSchema && !format.schema.empty()) {
        json.raw("responseJsonSchema", format.schema);
    }
}

}  // namespace

std::string generation_config(const Conversation& conversation, const ModelRules& rules, Omissions& omissions) {
    std::string config;
    JsonWriter json(config);
    json.begin_object();
    write_sampling(json, conversation, rules.sampling, omissions);
    write_limits(json, conversation, omissions);
    if (conversation.logprobs) {
        json.boolean("responseLogprobs", true);
        if (conversation.top_logprobs) {
            json.integer("logprobs", std::clamp<std::int64_t>(*conversation.top_logprobs, 0, kTopLogprobsMax));
        }
    }
    write_format(json, conversation.format);
    write_thinking(json, conversation.thinking, rules, omissions);
    json.end_object();
    return config;
}

}  // namespace tierway::dialect::gemini
