#include <algorithm>

#include "dialect/anthropic/message_layout.hpp"
#include "dialect/anthropic/thinking_plan.hpp"
#include "dialect/anthropic/write_blocks.hpp"
#include "dialect/anthropic/write_tools.hpp"
#include "dialect/request_errors.hpp"
#include "dialect/request_loss.hpp"
#include "tierway/base/json_writer.hpp"
#include "tierway/base/sha256.hpp"
#include "tierway/dialect/anthropic.hpp"

namespace tierway::dialect::anthropic {
namespace {

constexpr std::size_t kUserBytesMax = 256;  // Of `metadata.user_id`.
constexpr std::string_view kJsonObjectInstruction =
    "Answer with one JSON object and nothing else: no other text and no code fence.";
constexpr std::string_view kBlanks = " \t\r\n";

Result<void> check_stops(const std::vector<std::string>& sequences) {
    const bool blank = std::any_of(sequences.begin(), sequences.end(), [](const std::string& sequence) {
        return sequence.find_first_not_of(kBlanks) == std::string::npos;
    });
    if (blank) {
        return unsupported_parameter("stop", "The models that would answer take no stop sequence of white space only.");
    }
    return {};
}

bool marks_what_to_cache(const Conversation& conversation) {
    const auto marked = [](const auto& each) { return !each.cache_control.empty(); };
    return std::any_of(conversation.tools.begin(), conversation.tools.end(), marked) ||
           std::any_of(conversation.turns.begin(), conversation.turns.end(), [&marked](const Turn& turn) {
               return std::any_of(turn.parts.begin(), turn.parts.end(), marked);
           });
}

void write_thinking(JsonWriter& json, const ThinkingPlan& plan, const Thinking& asked) {
    if (plan.mode == ThinkingPlan::Mode::Unstated) {
        return;
    }
    json.key("thinking").begin_object();
    if (plan.mode == ThinkingPlan::Mode::Disabled) {
        json.text("type", "disabled").end_object();
        return;
    }
    if (plan.mode == ThinkingPlan::Mode::Adaptive) {
        json.text("type", "adaptive");
    } else {
        json.text("type", "enabled").integer("budget_tokens", plan.budget_tokens);
    }
    if (!asked.summary.empty()) {
        json.text("display", "summarized");
    }
    json.end_object();
}

void write_output_config(JsonWriter& json, const ThinkingPlan& plan, const OutputFormat& format) {
    const bool has_schema = format.kind == OutputFormat::Kind::JsonSchema;
    if (plan.effort.empty() && !has_schema) {
        return;
    }
    json.key("output_config").begin_object();
    if (!plan.effort.empty()) {
        json.text("effort", plan.effort);
    }
    if (has_schema) {
        json.key("format").begin_object().text("type", "json_schema").raw("schema", format.schema).end_object();
    }
    json.end_object();
}

/// One of `temperature` and `top_p`: models from Claude 4.1 on refuse both. With thinking none may differ from its default.
void write_sampling(JsonWriter& json, const Conversation& conversation, bool allowed, Omissions& omissions) {
    const bool has_temperature = conversation.temperature.has_value();
    const bool has_top_p = conversation.top_p && *conversation.top_p != 1;
    if (has_temperature && allowed) {
        json.decimal("temperature", std::clamp(*conversation.temperature, 0.0, 1.0));
    } else if (has_temperature && *conversation.temperature != 1) {
        omit(omissions, "temperature");
    }
    if (has_top_p && allowed && !has_temperature) {
        json.decimal("top_p", std::clamp(*conversation.top_p, 0.0, 1.0));
    } else if (has_top_p) {
        omit(omissions, "top_p");
    }
    if (conversation.top_k && allowed) {
        json.integer("top_k", *conversation.top_k);
    } else if (conversation.top_k) {
        omit(omissions, "top_k");
    }
}

void write_identity(JsonWriter& json, const Conversation& conversation, Omissions& omissions) {
    if (!conversation.user.empty()) {
        const std::string user = conversation.user.size() > kUserBytesMax ? hex_of(sha256(conversation.user)) : conversation.user;
        json.key("metadata").begin_object().text("user_id", user).end_object();
    }
    if (conversation.service_tier == "auto" || conversation.service_tier == "default") {
        json.text("service_tier", conversation.service_tier == "auto" ? "auto" : "standard_only");
    } else if (!conversation.service_tier.empty()) {
        omit(omissions, "service_tier");
    }
    if (!conversation.prompt_cache_key.empty() && !marks_what_to_cache(conversation)) {
        json.raw("cache_control", R"({"type":"ephemeral"})");
    }
}

/// What there is no member for and is a preference.
void omit_preferences(const Conversation& conversation, Omissions& omissions) {
    const auto omit_if = [&omissions](bool asked, std::string_view name) {
        if (asked) {
            omit(omissions, name);
        }
    };
    omit_if(conversation.presence_penalty.value_or(0) != 0, "presence_penalty");
    omit_if(conversation.frequency_penalty.value_or(0) != 0, "frequency_penalty");
    omit_if(conversation.seed.has_value(), "seed");
    omit_if(conversation.logprobs, "logprobs");
    omit_if(!conversation.logit_bias.empty(), "logit_bias");
    omit_if(!conversation.verbosity.empty(), "verbosity");
    omit_if(!conversation.metadata.empty(), "metadata");
    omit_if(conversation.store.value_or(false), "store");
}

/// `system` and `messages`.
Result<void> write_turns(JsonWriter& json, const Conversation& conversation, const TurnLayout& layout, bool keep_reasoning) {
    const bool wants_object = conversation.format.kind == OutputFormat::Kind::JsonObject;
    const std::string_view instruction = wants_object ? kJsonObjectInstruction : std::string_view();
    BlockWriter blocks(json, keep_reasoning);
    if (!layout.instructions.empty() || !instruction.empty()) {
        json.key("system");
        if (auto written = blocks.write_system(layout.instructions, instruction); !written) {
            return written.error();
        }
    }
    json.key("messages").begin_array();
    for (const LaidOutMessage& message : layout.messages) {
        const std::string_view role =
            message.role == Role::Assistant ? "assistant" : message.role == Role::System ? "system" : "user";
        json.begin_object().text("role", role).key("content");
        if (auto written = blocks.write_content(message); !written) {
            return written.error();
        }
        json.end_object();
    }
    json.end_array();
    return {};
}

}  // namespace

Result<std::string> write_request(const Conversation& conversation, const ModelRules& rules, Omissions& omissions) {
    if (auto checked = check_expressible(conversation, 1); !checked) {
        return checked.error();
    }
    if (auto checked = check_stops(conversation.stop); !checked) {
        return checked.error();
    }
    const TurnLayout layout = lay_out_messages(conversation, rules.system_mid_conversation);
    if (layout.messages.empty()) {
        return invalid_value("messages", "must hold at least one message that says something");
    }
    const std::int64_t output_tokens_max = conversation.output_tokens_max.value_or(rules.output_tokens_default);
    const ThinkingPlan plan = plan_thinking(conversation, rules, layout, output_tokens_max);
    const bool thinks = plan.mode == ThinkingPlan::Mode::Adaptive || plan.mode == ThinkingPlan::Mode::Budget;

    std::string body;
    JsonWriter json(body);
    json.begin_object().text("model", rules.model).integer("max_tokens", output_tokens_max);
    if (auto written = write_turns(json, conversation, layout, plan.keeps_reasoning(rules)); !written) {
        return written.error();
    }
    write_tools(json, conversation);
    write_thinking(json, plan, conversation.thinking);
    write_output_config(json, plan, conversation.format);
    if (!conversation.stop.empty()) {
        json.key("stop_sequences").begin_array();
        for (const std::string& sequence : conversation.stop) {
            json.text(sequence);
        }
        json.end_array();
    }
    write_sampling(json, conversation, rules.sampling && !thinks, omissions);
    write_identity(json, conversation, omissions);
    if (conversation.stream) {
        json.boolean("stream", true);
    }
    json.end_object();
    if (plan.left_out) {
        omit(omissions, "reasoning_effort");
    }
    omit_preferences(conversation, omissions);
    return body;
}

}  // namespace tierway::dialect::anthropic
