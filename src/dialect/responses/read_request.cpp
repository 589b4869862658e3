#include <array>
#include <utility>

#include "dialect/request_errors.hpp"
#include "dialect/responses/read_input.hpp"
#include "dialect/responses/read_tools.hpp"
#include "tierway/dialect/responses.hpp"

namespace tierway::dialect::responses {
namespace {

constexpr std::int64_t kOutputTokensMax = 1'000'000;
constexpr std::int64_t kTopLogprobsMax = 20;

/// What needs the vendor's memory (WIRE.md section 2.4), and what to do without.
struct StatefulMember {
    std::string_view name;
    std::string_view why;
};
constexpr std::array kStatefulMembers = {
    StatefulMember{
        "previous_response_id",
        "This gateway keeps no answers to go on from. Send the whole history in 'input' with each request, and 'store' as "
        "false."},
    StatefulMember{
        "conversation",
        "This gateway keeps no conversations. Send the whole history in 'input' with each request, and 'store' as false."},
    StatefulMember{"prompt", "This gateway keeps no prompts. Send its text in 'instructions' and 'input'."},
    StatefulMember{
        "background",
        "This gateway keeps no answers to be fetched later. Send 'background' as false, and 'stream' as true to see the "
        "answer grow."},
};

/// Nobody else has these; without them the question is the same.
constexpr std::array<std::string_view, 6> kDroppedMembers = {
    "max_tool_calls", "context_management", "prompt_cache_options", "prompt_cache_retention", "access_programs", "image",
};

/// Whether a member says something: null and false do not, anywhere in this API.
bool is_stated(const wire::JsonValue& member) {
    return member.exists() && !member.is_null() && member.kind() != wire::JsonKind::False;
}

/// A member that is absent, null or a string.
Result<std::string> optional_text(const wire::JsonValue& object, std::string_view name, std::string_view param) {
    const wire::JsonValue value = object.find(name);
    if (value.exists() && !value.is_null() && !value.is_string()) {
        return invalid_type(param, "a string", value);
    }
    return value.to_string();
}

Result<void> read_texts(const wire::JsonValue& body, Conversation& conversation) {
    const std::array<std::pair<std::string_view, std::string*>, 4> members = {{
        {"service_tier", &conversation.service_tier},
        {"prompt_cache_key", &conversation.prompt_cache_key},
        {"user", &conversation.user},
        {"safety_identifier", &conversation.user},
    }};
    for (const auto& [name, target] : members) {
        auto text = optional_text(body, name, name);
        if (!text) {
            return text.error();
        }
        if (!text->empty()) {
            *target = std::move(*text);
        }
    }
    return {};
}

Result<std::optional<std::int64_t>> optional_count(const wire::JsonValue& body, std::string_view name, std::int64_t least,
                                                   std::int64_t most) {
    const wire::JsonValue value = body.find(name);
    if (!value.exists() || value.is_null()) {
        return std::optional<std::int64_t>();
    }
    if (value.kind() != wire::JsonKind::Number) {
        return invalid_type(name, "an integer", value);
    }
    const std::optional<std::int64_t> count = value.integer();
    if (!count || *count < least || *count > most) {
        return invalid_value(name, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    }
    return count;
}

Result<std::optional<double>> optional_number(const wire::JsonValue& body, std::string_view name, double most,
                                              std::string_view rule) {
    const wire::JsonValue value = body.find(name);
    if (!value.exists() || value.is_null()) {
        return std::optional<double>();
    }
    const std::optional<double> number = value.number();
    if (!number) {
        return invalid_type(name, "a number", value);
    }
    if (!(*number >= 0.0 && *number <= most)) {
        return invalid_value(name, rule);
    }
    return number;
}

Result<void> read_numbers(const wire::JsonValue& body, Conversation& conversation) {
    const auto output_tokens = optional_count(body, "max_output_tokens", 1, kOutputTokensMax);
    if (!output_tokens) {
        return output_tokens.error();
    }
    const auto top_logprobs = optional_count(body, "top_logprobs", 0, kTopLogprobsMax);
    if (!top_logprobs) {
        return top_logprobs.error();
    }
    const auto temperature = optional_number(body, "temperature", 2.0, "must be from 0 to 2");
    if (!temperature) {
        return temperature.error();
    }
    const auto top_p = optional_number(body, "top_p", 1.0, "must be from 0 to 1");
    if (!top_p) {
        return top_p.error();
    }
    conversation.output_tokens_max = *output_tokens;
    conversation.temperature = *temperature;
    conversation.top_p = *top_p;
    for (const wire::JsonValue included : body.find("include")) {
        conversation.logprobs = conversation.logprobs || included.string_is("message.output_text.logprobs");
    }
    if (conversation.logprobs) {
        conversation.top_logprobs = *top_logprobs;
    }
    return {};
}

Result<void> read_format(const wire::JsonValue& format, OutputFormat& read) {
    const wire::JsonValue type = format.find("type");
    if (!format.exists() || format.is_null() || type.string_is("text")) {
        return {};
    }
    if (type.string_is("json_object")) {
        read.kind = OutputFormat::Kind::JsonObject;
        return {};
    }
    if (!type.string_is("json_schema")) {
        return invalid_value("text.format.type", "must be text, json_object or json_schema");
    }
    const wire::JsonValue schema = format.find("schema");
    if (!schema.is_object()) {
        constexpr std::string_view kExpected = "an object, a JSON schema";
        return schema.exists() ? invalid_type("text.format.schema", kExpected, schema)
                               : missing_parameter("text.format.schema", kExpected);
    }
    read.kind = OutputFormat::Kind::JsonSchema;
    read.name = format.find("name").to_string();
    if (read.name.empty()) {
        return missing_parameter("text.format.name", "the schema's name, a string");
    }
    read.description = format.find("description").to_string();
    read.schema = schema.raw();
    read.strict = format.find("strict").boolean();
    return {};
}

Result<void> read_text_and_reasoning(const wire::JsonValue& body, Conversation& conversation) {
    const wire::JsonValue text = body.find("text");
    if (auto read = read_format(text.find("format"), conversation.format); !read) {
        return read;
    }
    const wire::JsonValue reasoning = body.find("reasoning");
    auto verbosity = optional_text(text, "verbosity", "text.verbosity");
    if (!verbosity) {
        return verbosity.error();
    }
    auto effort = optional_text(reasoning, "effort", "reasoning.effort");
    if (!effort) {
        return effort.error();
    }
    auto summary = optional_text(reasoning, "summary", "reasoning.summary");
    if (!summary) {
        return summary.error();
    }
    conversation.verbosity = std::move(*verbosity);
    conversation.thinking.effort = std::move(*effort);
    conversation.thinking.summary = std::move(*summary);
    return {};
}

Result<void> read_objects(const wire::JsonValue& body, Conversation& conversation) {
    for (const std::string_view name : {"text", "reasoning", "metadata", "stream_options"}) {
        const wire::JsonValue member = body.find(name);
        if (member.exists() && !member.is_null() && !member.is_object()) {
            return invalid_type(name, "an object", member);
        }
    }
    const wire::JsonValue metadata = body.find("metadata");
    conversation.metadata = metadata.size() > 0 ? JsonText(metadata.raw()) : JsonText();
    return read_text_and_reasoning(body, conversation);
}

void note_what_nobody_else_has(const wire::JsonValue& body, Conversation& conversation) {
    for (const std::string_view name : kDroppedMembers) {
        if (is_stated(body.find(name))) {
            conversation.omitted.push_back(name);
        }
    }
    if (body.find("truncation").string_is("auto")) {
        conversation.omitted.push_back("truncation");
    }
    // It may have the vendor refuse what it finds.
    if (is_stated(body.find("moderation")) && conversation.only_native.empty()) {
        conversation.only_native = "moderation";
    }
}

Result<void> refuse_what_needs_memory(const wire::JsonValue& body) {
    for (const StatefulMember& member : kStatefulMembers) {
        if (is_stated(body.find(member.name))) {
            return unsupported_parameter(member.name, member.why);
        }
    }
    return {};
}

Result<void> read_turns(const wire::JsonValue& body, Conversation& conversation) {
    auto instructions = optional_text(body, "instructions", "instructions");
    if (!instructions) {
        return instructions.error();
    }
    if (!instructions->empty()) {
        conversation.turns.push_back({Role::System, {Part{TextPart{std::move(*instructions)}, {}}}});
    }
    if (auto read = read_input(body.find("input"), conversation); !read) {
        return read;
    }
    if (conversation.turns.empty()) {
        return invalid_value("input", "must hold at least one item that a model can read");
    }
    return {};
}

}  // namespace

Result<Conversation> read_request(const wire::JsonValue& body) {
    if (!body.is_object()) {
        return invalid_type("body", "a JSON object", body);
    }
    Conversation conversation;
    const wire::JsonValue model = body.find("model");
    if (!model.is_string()) {
        return model.exists() ? invalid_type("model", "a string", model)
                              : missing_parameter("model", "a string, the model's name");
    }
    conversation.model = model.to_string();
    if (auto refused = refuse_what_needs_memory(body); !refused) {
        return refused.error();
    }
    for (const auto step : {read_turns, read_tools, read_texts, read_numbers, read_objects}) {
        if (auto done = step(body, conversation); !done) {
            return done.error();
        }
    }
    const wire::JsonValue stream = body.find("stream");
    if (stream.exists() && !stream.is_null() && !stream.boolean()) {
        return invalid_type("stream", "a boolean", stream);
    }
    note_what_nobody_else_has(body, conversation);
    conversation.stream = stream.boolean().value_or(false);
    conversation.include_usage = true;
    conversation.store = body.find("store").boolean();
    return conversation;
}

}  // namespace tierway::dialect::responses
