#include <algorithm>
#include <array>
#include <utility>

#include "dialect/openai_members.hpp"
#include "dialect/request_errors.hpp"
#include "dialect/responses/read_tools.hpp"
#include "dialect/responses/write_input.hpp"
#include "dialect/thinking_words.hpp"
#include "tierway/base/json_writer.hpp"
#include "tierway/base/sha256.hpp"
#include "tierway/dialect/responses.hpp"

namespace tierway::dialect::responses {
namespace {

constexpr std::int64_t kOutputTokensLeast = 16;  ///< Below it the API refuses.
constexpr std::size_t kUserBytesMax = 64;

Result<void> refuse_what_is_not_there(const Conversation& conversation) {
    if (conversation.choices > 1) {
        return unsupported_parameter("n",
                                     "The Responses API, by which this model is reached, gives one choice. Ask several times.");
    }
    if (!conversation.only_native.empty()) {
        return unsupported_parameter(conversation.only_native, "Only models of the API that was called understand it.");
    }
    if (!conversation.stop.empty()) {
        return unsupported_parameter("stop", "The Responses API, by which this model is reached, has no stop sequences.");
    }
    return {};
}

void write_tool(JsonWriter& json, const ToolDefinition& tool) {
    json.begin_object().text("type", tool.custom ? "custom" : "function").text("name", tool.name);
    if (!tool.description.empty()) {
        json.text("description", tool.description);
    }
    if (tool.custom) {
        if (!tool.format.empty()) {
            json.raw("format", flat_format(tool.format));
        }
    } else {
        json.raw("parameters", tool.parameters.empty() ? R"({"type":"object","properties":{}})" : tool.parameters);
        // Here, unlike in Chat Completions, a function is strict unless that is denied.
        json.boolean("strict", tool.strict.value_or(false));
    }
    json.end_object();
}

void write_choice(JsonWriter& json, const Conversation& conversation) {
    if (const std::string_view word = choice_word(conversation.tool_choice.mode); !word.empty()) {
        json.text("tool_choice", word);
    } else if (conversation.tool_choice.mode == ToolChoice::Mode::Named) {
        json.key("tool_choice").begin_object().text("type", kind_of_named_tool(conversation));
        json.text("name", conversation.tool_choice.name).end_object();
    }
}

void write_tools(JsonWriter& json, const Conversation& conversation) {
    if (conversation.tools.empty()) {
        return;
    }
    json.key("tools").begin_array();
    for (const ToolDefinition& tool : conversation.tools) {
        write_tool(json, tool);
    }
    json.end_array();
    write_choice(json, conversation);
    if (conversation.parallel_tool_calls) {
        json.boolean("parallel_tool_calls", *conversation.parallel_tool_calls);
    }
}

void write_format(JsonWriter& json, const OutputFormat& format) {
    json.key("format").begin_object();
    switch (format.kind) {
        case OutputFormat::Kind::Text:
            json.text("type", "text");
            break;
        case OutputFormat::Kind::JsonObject:
            json.text("type", "json_object");
            break;
        case OutputFormat::Kind::JsonSchema:
            json.text("type", "json_schema");
            write_schema_members(json, format);
            break;
    }
    json.end_object();
}

void write_text(JsonWriter& json, const Conversation& conversation) {
    if (conversation.format.kind == OutputFormat::Kind::Text && conversation.verbosity.empty()) {
        return;
    }
    json.key("text").begin_object();
    write_format(json, conversation.format);
    if (!conversation.verbosity.empty()) {
        json.text("verbosity", conversation.verbosity);
    }
    json.end_object();
}

void write_reasoning(JsonWriter& json, const Conversation& conversation, const ModelRules& rules, Omissions& omissions) {
    const std::string_view effort = effort_of(conversation.thinking);
    const std::string& summary = conversation.thinking.summary;
    if (effort.empty() && summary.empty()) {
        return;
    }
    if (!rules.thinks) {
        // Not to think is what such a model does anyway.
        if (!effort.empty() && effort != "none") {
            omissions.push_back("reasoning_effort");
        }
        return;
    }
    json.key("reasoning").begin_object();
    if (!effort.empty()) {
        json.text("effort", effort);
    }
    if (!summary.empty()) {
        json.text("summary", summary);
    }
    json.end_object();
}

void write_sampling(JsonWriter& json, const Conversation& conversation, const ModelRules& rules, Omissions& omissions) {
    for (const auto& [name, value] : {std::pair<std::string_view, std::optional<double>>{"temperature", conversation.temperature},
                                      {"top_p", conversation.top_p}}) {
        if (value && rules.sampling) {
            json.decimal(name, *value);
        } else if (value) {
            omissions.push_back(name);
        }
    }
    const std::array<std::pair<std::string_view, bool>, 5> unknown = {{
        {"presence_penalty", conversation.presence_penalty.has_value()},
        {"frequency_penalty", conversation.frequency_penalty.has_value()},
        {"seed", conversation.seed.has_value()},
        {"logit_bias", !conversation.logit_bias.empty()},
        {"top_k", conversation.top_k.has_value()},
    }};
    for (const auto& [name, stated] : unknown) {
        if (stated) {
            omissions.push_back(name);
        }
    }
}

void write_includes(JsonWriter& json, const Conversation& conversation, const ModelRules& rules, Omissions& omissions) {
    const bool logprobs = conversation.logprobs && rules.sampling;
    if (conversation.logprobs && !logprobs) {
        omissions.push_back("logprobs");
    }
    if (logprobs && conversation.top_logprobs) {
        json.integer("top_logprobs", *conversation.top_logprobs);
    }
    if (!logprobs && !rules.thinks) {
        return;
    }
    json.key("include").begin_array();
    if (rules.thinks) {
        json.text("reasoning.encrypted_content");
    }
    if (logprobs) {
        json.text("message.output_text.logprobs");
    }
    json.end_array();
}

void write_account(JsonWriter& json, const Conversation& conversation, Omissions& omissions) {
    if (!conversation.service_tier.empty()) {
        json.text("service_tier", conversation.service_tier);
    }
    if (!conversation.user.empty()) {
        const bool fits = conversation.user.size() <= kUserBytesMax;
        json.text("safety_identifier", fits ? conversation.user : hex_of(sha256(conversation.user)));
    }
    if (!conversation.prompt_cache_key.empty()) {
        json.text("prompt_cache_key", conversation.prompt_cache_key);
    }
    if (!conversation.metadata.empty()) {
        json.raw("metadata", conversation.metadata);
    }
    json.boolean("store", false);
    if (conversation.store.value_or(false)) {
        omissions.push_back("store");
    }
}

}  // namespace

Result<std::string> write_request(const Conversation& conversation, const ModelRules& rules, Omissions& omissions) {
    if (auto refused = refuse_what_is_not_there(conversation); !refused) {
        return refused.error();
    }
    std::string body;
    JsonWriter json(body);
    json.begin_object().text("model", rules.model);
    if (auto written = write_turns(json, conversation.turns); !written) {
        return written.error();
    }
    write_tools(json, conversation);
    write_text(json, conversation);
    write_reasoning(json, conversation, rules, omissions);
    if (conversation.output_tokens_max) {
        json.integer("max_output_tokens", std::max(*conversation.output_tokens_max, kOutputTokensLeast));
    }
    write_sampling(json, conversation, rules, omissions);
    write_includes(json, conversation, rules, omissions);
    write_account(json, conversation, omissions);
    if (conversation.stream) {
        json.boolean("stream", true);
    }
    json.end_object();
    return body;
}

}  // namespace tierway::dialect::responses
