#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "dialect/anthropic/read_members.hpp"
#include "dialect/anthropic/read_messages.hpp"
#include "dialect/anthropic/read_tools.hpp"
#include "dialect/request_errors.hpp"
#include "tierway/base/sha256.hpp"
#include "tierway/dialect/anthropic.hpp"

namespace tierway::dialect::anthropic {
namespace {

constexpr std::size_t kModelNameBytesMax = 256;
constexpr std::size_t kUserBytesMax = 64;             // Of OpenAI's `safety_identifier`.
constexpr std::int64_t kOutputTokensMax = 1'000'000;  // As with a chat request: beyond what any model can answer.
constexpr std::int64_t kBudgetTokensMin = 1'024;      // The API's.
constexpr std::array<std::string_view, 5> kEfforts = {"low", "medium", "high", "xhigh", "max"};

Result<std::int64_t> read_count(const wire::JsonValue& value, std::string_view param, std::int64_t low, std::int64_t high) {
    if (value.kind() != wire::JsonKind::Number) {
        return invalid_type(param, "an integer", value);
    }
    const std::optional<std::int64_t> count = value.integer();
    if (!count || *count < low || *count > high) {
        return invalid_value(param, "must be an integer from " + std::to_string(low) + " to " + std::to_string(high));
    }
    return *count;
}

Result<void> read_model(const wire::JsonValue& body, Conversation& conversation) {
    const wire::JsonValue model = body.find("model");
    if (!model.is_string()) {
        return model.exists() ? invalid_type("model", "a string", model) : missing_parameter("model", "a string, the model's name");
    }
    conversation.model = model.to_string();
    if (conversation.model.empty()) {
        return invalid_value("model", "must not be empty");
    }
    if (conversation.model.size() > kModelNameBytesMax) {
        return invalid_value("model", "must be at most " + std::to_string(kModelNameBytesMax) + " bytes long");
    }
    return {};
}

Result<void> read_output_limit(const wire::JsonValue& value, Conversation& conversation) {
    if (!value.exists()) {
        return missing_parameter("max_tokens", "a positive integer");
    }
    const Result<std::int64_t> limit = read_count(value, "max_tokens", 1, kOutputTokensMax);
    if (!limit) {
        return limit.error();
    }
    conversation.output_tokens_max = *limit;
    return {};
}

Result<void> read_stream(const wire::JsonValue& value, Conversation& conversation) {
    if (is_stated(value) && !value.boolean()) {
        return invalid_type("stream", "a boolean", value);
    }
    conversation.stream = value.boolean().value_or(false);
    conversation.include_usage = conversation.stream;
    return {};
}

Result<void> read_stop_sequences(const wire::JsonValue& sequences, Conversation& conversation) {
    if (!is_stated(sequences)) {
        return {};
    }
    if (!sequences.is_array()) {
        return invalid_type("stop_sequences", "an array of strings", sequences);
    }
    const MemberPath path("stop_sequences");
    std::size_t index = 0;
    for (const wire::JsonValue sequence : sequences) {
        if (!sequence.is_string()) {
            return invalid_type(MemberPath(path, index).text(), "a string", sequence);
        }
        conversation.stop.push_back(sequence.to_string());
        ++index;
    }
    return {};
}

Result<std::optional<double>> read_share(const wire::JsonValue& value, std::string_view param) {
    if (!is_stated(value)) {
        return std::optional<double>();
    }
    const std::optional<double> number = value.number();
    if (!number) {
        return invalid_type(param, "a number", value);
    }
    if (!(*number >= 0 && *number <= 1)) {
        return invalid_value(param, "must be from 0 to 1");
    }
    return number;
}

Result<void> read_sampling(const wire::JsonValue& body, Conversation& conversation) {
    const Result<std::optional<double>> temperature = read_share(body.find("temperature"), "temperature");
    const Result<std::optional<double>> top_p = read_share(body.find("top_p"), "top_p");
    if (!temperature || !top_p) {
        return temperature ? top_p.error() : temperature.error();
    }
    conversation.temperature = *temperature;
    conversation.top_p = *top_p;
    if (const wire::JsonValue value = body.find("top_k"); is_stated(value)) {
        const Result<std::int64_t> top_k = read_count(value, "top_k", 0, kOutputTokensMax);
        if (!top_k) {
            return top_k.error();
        }
        conversation.top_k = *top_k;
    }
    return {};
}

Result<void> read_format(const wire::JsonValue& format, Conversation& conversation) {
    if (!is_stated(format)) {
        return {};
    }
    if (!format.is_object()) {
        return invalid_type("output_config.format", "an object with a 'type'", format);
    }
    if (!format.find("type").string_is("json_schema")) {
        return invalid_value("output_config.format.type", "must be json_schema");
    }
    const wire::JsonValue schema = format.find("schema");
    if (!schema.is_object()) {
        return schema.exists() ? invalid_type("output_config.format.schema", "a JSON schema (an object)", schema)
                               : missing_parameter("output_config.format.schema", "a JSON schema (an object)");
    }
    conversation.format.kind = OutputFormat::Kind::JsonSchema;
    conversation.format.name = "output";  // The API knows no name, and other dialects want one.
    conversation.format.schema = schema.raw();
    return {};
}

Result<void> read_output_config(const wire::JsonValue& config, Conversation& conversation) {
    if (!is_stated(config)) {
        return {};
    }
    if (!config.is_object()) {
        return invalid_type("output_config", "an object", config);
    }
    if (const wire::JsonValue effort = config.find("effort"); is_stated(effort)) {
        const auto* const known =
            std::find_if(kEfforts.begin(), kEfforts.end(), [&effort](std::string_view word) { return effort.string_is(word); });
        if (known == kEfforts.end()) {
            return invalid_value("output_config.effort", "must be one of low, medium, high, xhigh or max");
        }
        conversation.thinking.effort = *known;
    }
    return read_format(config.find("format"), conversation);
}

/// REQUIRES: `read_output_config` came before, which states the effort.
Result<void> read_thinking(const wire::JsonValue& thinking, Conversation& conversation) {
    if (!is_stated(thinking)) {
        return {};
    }
    if (!thinking.is_object()) {
        return invalid_type("thinking", "an object with a 'type'", thinking);
    }
    const wire::JsonValue type = thinking.find("type");
    if (type.string_is("disabled")) {
        conversation.thinking.effort = "none";
        return {};
    }
    if (type.string_is("enabled")) {
        const wire::JsonValue value = thinking.find("budget_tokens");
        if (!value.exists()) {
            return missing_parameter("thinking.budget_tokens", "an integer of at least 1024");
        }
        // It may exceed `max_tokens`: with interleaved thinking the API allows that.
        const Result<std::int64_t> budget = read_count(value, "thinking.budget_tokens", kBudgetTokensMin, kOutputTokensMax);
        if (!budget) {
            return budget.error();
        }
        conversation.thinking.budget_tokens = *budget;
    } else if (type.string_is("adaptive") || type.string_is("between_tools")) {
        if (conversation.thinking.effort.empty()) {
            conversation.thinking.effort = "high";
        }
    } else {
        return invalid_value("thinking.type", "must be one of enabled, adaptive, between_tools or disabled");
    }
    if (thinking.find("display").string_is("summarized")) {
        conversation.thinking.summary = "auto";
    }
    return {};
}

Result<void> read_metadata(const wire::JsonValue& metadata, Conversation& conversation) {
    if (is_stated(metadata) && !metadata.is_object()) {
        return invalid_type("metadata", "an object", metadata);
    }
    Result<std::string> user = read_optional_string(metadata, "user_id", MemberPath("metadata"));
    if (!user) {
        return user.error();
    }
    // Claude Code's is a JSON object of ids. A hash of it is as stable, and names nobody.
    conversation.user = user->size() > kUserBytesMax ? hex_of(sha256(*user)) : std::move(*user);
    return {};
}

/// The lane, in OpenAI's words.
Result<void> read_service_tier(const wire::JsonValue& body, Conversation& conversation) {
    const wire::JsonValue tier = body.find("service_tier");
    if (is_stated(tier) && !tier.string_is("auto") && !tier.string_is("standard_only")) {
        return invalid_value("service_tier", "must be one of auto or standard_only");
    }
    if (is_stated(tier)) {
        conversation.service_tier = tier.string_is("auto") ? "auto" : "default";
    }
    if (body.find("speed").string_is("fast")) {
        conversation.service_tier = "priority";
    }
    return {};
}

/// Members that only the vendor can honour, and that change what is asked for when they are left out.
void note_native_members(const wire::JsonValue& body, Conversation& conversation) {
    const wire::JsonValue servers = body.find("mcp_servers");
    if (servers.is_array() && servers.size() > 0) {
        note_native(conversation, MemberPath("mcp_servers"));
    }
    for (const std::string_view member : {"container", "inference_geo"}) {
        if (is_stated(body.find(member))) {
            note_native(conversation, MemberPath(member));
        }
    }
}

}  // namespace

Result<Conversation> read_request(const wire::JsonValue& body, bool needs_output_limit) {
    if (!body.is_object()) {
        return Error::downstream(ErrorKind::InvalidRequest, "invalid_type",
                                 "The request body must be a JSON object with 'model', 'max_tokens' and 'messages'.");
    }
    Conversation conversation;
    Result<void> read = read_model(body, conversation);
    if (read && needs_output_limit) {
        read = read_output_limit(body.find("max_tokens"), conversation);
    }
    if (read) {
        read = read_stream(body.find("stream"), conversation);
    }
    if (read) {
        read = read_system(body.find("system"), conversation);
    }
    if (read) {
        read = read_messages(body.find("messages"), conversation);
    }
    if (read) {
        read = read_tools(body.find("tools"), body.find("tool_choice"), conversation);
    }
    if (read) {
        read = read_output_config(body.find("output_config"), conversation);
    }
    if (read) {
        read = read_thinking(body.find("thinking"), conversation);
    }
    if (read) {
        read = read_stop_sequences(body.find("stop_sequences"), conversation);
    }
    if (read) {
        read = read_sampling(body, conversation);
    }
    if (read) {
        read = read_metadata(body.find("metadata"), conversation);
    }
    if (read) {
        read = read_service_tier(body, conversation);
    }
    if (!read) {
        return read.error();
    }
    note_native_members(body, conversation);
    return conversation;
}

}  // namespace tierway::dialect::anthropic
