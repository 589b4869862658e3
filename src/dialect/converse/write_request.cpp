#include <algorithm>

#include "dialect/converse/block_writer.hpp"
#include "dialect/converse/thinking_plan.hpp"
#include "dialect/converse/tool_config.hpp"
#include "dialect/converse/trailing_thought.hpp"
#include "dialect/request_loss.hpp"
#include "tierway/base/json_writer.hpp"
#include "tierway/dialect/converse.hpp"

namespace tierway::dialect::converse {
namespace {

/// For a format that the API has no word for.
constexpr std::string_view kJsonInstruction = "Answer with one JSON object and nothing else.";

/// \param is_taken whether the model takes sampling parameters with what is planned.
void write_inference_config(JsonWriter& json, const Conversation& conversation, std::optional<std::int64_t> output_tokens_max,
                            bool is_taken, Omissions& omissions) {
    std::string config;
    JsonWriter inner(config);
    inner.begin_object();
    if (output_tokens_max) {
        inner.integer("maxTokens", *output_tokens_max);
    }
    if (conversation.temperature && is_taken) {
        inner.decimal("temperature", std::clamp(*conversation.temperature, 0.0, 1.0));
    } else if (conversation.temperature) {
        omit(omissions, "temperature");
    }
    if (conversation.top_p && is_taken) {
        inner.decimal("topP", *conversation.top_p);
    } else if (conversation.top_p) {
        omit(omissions, "top_p");
    }
    if (!conversation.stop.empty()) {
        inner.key("stopSequences").begin_array();
        for (const std::string& stop : conversation.stop) {
            inner.text(stop);
        }
        inner.end_array();
    }
    inner.end_object();
    if (config != "{}") {
        json.raw("inferenceConfig", config);
    }
}

/// What the families take beside the API's common members.
void write_model_fields(JsonWriter& json, const Conversation& conversation, const ThinkingPlan& plan, bool takes_top_k,
                        Omissions& omissions) {
    std::string fields;
    JsonWriter inner(fields);
    inner.begin_object();
    switch (plan.mode) {
        case ThinkingPlan::Mode::Unstated:
            break;
        case ThinkingPlan::Mode::Disabled:
            inner.key("thinking").begin_object().text("type", "disabled").end_object();
            break;
        case ThinkingPlan::Mode::Adaptive:
            inner.key("thinking").begin_object().text("type", "adaptive");
            if (!conversation.thinking.summary.empty()) {
                inner.text("display", "summarized");
            }
            inner.end_object();
            break;
        case ThinkingPlan::Mode::Budget:
            inner.key("thinking").begin_object().text("type", "enabled").integer("budget_tokens", plan.budget_tokens).end_object();
            break;
        case ThinkingPlan::Mode::EffortOnly:
            inner.text("reasoning_effort", plan.effort);
            break;
    }
    if (conversation.top_k && takes_top_k) {
        inner.integer("top_k", *conversation.top_k);
    } else if (conversation.top_k) {
        omit(omissions, "top_k");
    }
    inner.end_object();
    if (fields != "{}") {
        json.raw("additionalModelRequestFields", fields);
    }
}

void write_output_config(JsonWriter& json, const OutputFormat& format, const ThinkingPlan& plan) {
    const bool has_schema = format.kind == OutputFormat::Kind::JsonSchema && !format.schema.empty();
    const bool has_effort = !plan.effort.empty() && plan.mode != ThinkingPlan::Mode::EffortOnly;
    if (!has_schema && !has_effort) {
        return;
    }
    json.key("outputConfig").begin_object();
    if (has_schema) {
        json.key("textFormat").begin_object().text("type", "json_schema").key("structure").begin_object();
        // The schema is a text to this API, not an object.
        json.key("jsonSchema").begin_object().text("schema", format.schema);
        if (!format.name.empty()) {
            json.text("name", format.name);
        }
        if (!format.description.empty()) {
            json.text("description", format.description);
        }
        json.end_object().end_object().end_object();
    }
    if (has_effort) {
        json.text("effort", plan.effort);
    }
    json.end_object();
}

void write_service_tier(JsonWriter& json, std::string_view tier, Omissions& omissions) {
    if (tier.empty() || tier == "auto") {
        return;
    }
    const std::string_view type = tier == "fast" ? "priority" : tier;
    if (type == "priority" || type == "default" || type == "flex") {
        json.key("serviceTier").begin_object().text("type", type).end_object();
    } else {
        omit(omissions, "service_tier");
    }
}

void omit_what_has_no_place(const Conversation& conversation, Omissions& omissions) {
    const auto omit_if = [&omissions](bool stated, std::string_view parameter) {
        if (stated) {
            omit(omissions, parameter);
        }
    };
    omit_if(conversation.presence_penalty.has_value(), "presence_penalty");
    omit_if(conversation.frequency_penalty.has_value(), "frequency_penalty");
    omit_if(conversation.seed.has_value(), "seed");
    omit_if(conversation.logprobs, "logprobs");
    omit_openai_preferences(conversation, omissions);
}

}  // namespace

Result<std::string> write_request(const Conversation& conversation, const ModelRules& rules, Omissions& omissions) {
    if (auto expressible = check_expressible(conversation, 1); !expressible) {
        return expressible.error();
    }
    const ModelFamily family = family_of(rules.model);
    TurnLayout layout = lay_out(conversation, is_written, rules.system_mid_conversation);
    drop_trailing_thought(layout);
    const std::int64_t limit = conversation.output_tokens_max.value_or(rules.output_tokens_default);
    const ThinkingPlan plan = plan_thinking(conversation, rules, layout, limit);
    if (plan.left_out) {
        omit(omissions, "reasoning_effort");
    }
    // Where Claude is to think it wants earlier thought back; else it takes none.
    const bool decides_itself = rules.thinks && rules.adaptive_thinking && plan.mode != ThinkingPlan::Mode::Disabled;
    if (family != ModelFamily::Claude || (!plan.thinks() && !decides_itself)) {
        layout = lay_out(conversation, is_written_beside_reasoning, rules.system_mid_conversation);
    }
    std::string body;
    JsonWriter json(body);
    BlockWriter blocks(json, family, omissions);
    json.begin_object().key("messages").begin_array();
    for (const LaidOutMessage& message : layout.messages) {
        if (auto written = blocks.write_message(message); !written) {
            return written.error();
        }
    }
    json.end_array();
    const bool wants_json = conversation.format.kind == OutputFormat::Kind::JsonObject;
    if (!layout.instructions.empty() || wants_json) {
        blocks.write_system(layout.instructions, wants_json ? kJsonInstruction : "");
    }
    const bool states_limit = conversation.output_tokens_max || plan.mode == ThinkingPlan::Mode::Budget;
    const bool takes_sampling = rules.sampling && !plan.thinks();
    write_inference_config(json, conversation, states_limit ? std::optional(limit) : std::nullopt, takes_sampling, omissions);
    write_tool_config(json, blocks, conversation, omissions);
    write_model_fields(json, conversation, plan, takes_sampling && family == ModelFamily::Claude, omissions);
    write_output_config(json, conversation.format, plan);
    write_service_tier(json, conversation.service_tier, omissions);
    json.end_object();
    omit_what_has_no_place(conversation, omissions);
    return body;
}

}  // namespace tierway::dialect::converse
