#include "tierway/dialect/chat_request.hpp"

#include <algorithm>
#include <array>

#include "dialect/chat_messages.hpp"
#include "dialect/model_member.hpp"
#include "dialect/redirecting_fields.hpp"
#include "dialect/request_errors.hpp"

namespace tierway::dialect {
namespace {

constexpr std::size_t kServiceTierBytesMax = 64;  // A longer one is none of the API's, and stays so when it is cut.

/// The members of the root that the gateway acts on; an optional one that is null counts as absent.
struct RootFields {
    wire::JsonValue stream;
    wire::JsonValue stream_options;
    wire::JsonValue logprobs;
    wire::JsonValue top_logprobs;
    wire::JsonValue n;
    wire::JsonValue best_of;
    wire::JsonValue max_tokens;
    wire::JsonValue max_completion_tokens;
    wire::JsonValue response_format;
    wire::JsonValue tools;
    wire::JsonValue functions;
    wire::JsonValue service_tier;
};

struct KnownField {
    std::string_view name;
    wire::JsonValue RootFields::*field;
};

constexpr std::array kOptionalFields = {
    KnownField{"stream", &RootFields::stream},
    KnownField{"stream_options", &RootFields::stream_options},
    KnownField{"logprobs", &RootFields::logprobs},
    KnownField{"top_logprobs", &RootFields::top_logprobs},
    KnownField{"n", &RootFields::n},
    KnownField{"best_of", &RootFields::best_of},
    KnownField{"max_tokens", &RootFields::max_tokens},
    KnownField{"max_completion_tokens", &RootFields::max_completion_tokens},
    KnownField{"response_format", &RootFields::response_format},
    KnownField{"tools", &RootFields::tools},
    KnownField{"functions", &RootFields::functions},
    KnownField{"service_tier", &RootFields::service_tier},
};

/// What a model is to say aloud, and what it may look up by itself, has words in this API alone.
bool is_only_here(std::string_view key, const wire::JsonValue& member) noexcept {
    const bool speaks = key == "modalities" && !(member.size() == 1 && member.at(0).string_is("text"));
    return speaks || key == "audio" || key == "web_search_options";
}

Result<RootFields> collect_fields(ChatRequest& request) {
    RootFields fields;
    std::string scratch;
    for (const wire::JsonValue member : request.body) {
        const std::string_view key = member.key(scratch);
        if (redirects_the_call(key)) {
            return redirecting_field(key);
        }
        if (key == "model") {
            request.model = member;
        } else if (key == "messages") {
            request.messages = member;
        } else if (key == "reasoning_effort") {
            std::string word;
            request.effort = parse_effort(member.string(word));
        } else if (!member.is_null()) {
            if (is_only_here(key, member)) {
                request.only_native = key == "audio" ? "audio" : key == "modalities" ? "modalities" : "web_search_options";
            }
            for (const KnownField& known : kOptionalFields) {
                if (key == known.name) {
                    fields.*known.field = member;
                }
            }
        }
    }
    return fields;
}

Result<bool> read_boolean(const wire::JsonValue& value, std::string_view param) {
    if (!value.exists() || value.is_null()) {
        return false;
    }
    if (const std::optional<bool> boolean = value.boolean()) {
        return *boolean;
    }
    return invalid_type(param, "a boolean", value);
}

/// Empty when the field is absent.
Result<std::optional<std::int64_t>> read_integer(const wire::JsonValue& value, std::string_view param, std::int64_t low,
                                                 std::int64_t high) {
    if (!value.exists()) {
        return std::optional<std::int64_t>{};
    }
    if (value.kind() != wire::JsonKind::Number) {
        return invalid_type(param, "an integer", value);
    }
    const std::optional<std::int64_t> integer = value.integer();
    if (!integer || *integer < low || *integer > high) {
        return invalid_value(param, "must be an integer from " + std::to_string(low) + " to " + std::to_string(high));
    }
    return integer;
}

Result<void> read_stream(ChatRequest& request, const RootFields& fields) {
    const Result<bool> stream = read_boolean(fields.stream, "stream");
    if (!stream) {
        return stream.error();
    }
    request.stream = *stream;
    const wire::JsonValue& options = fields.stream_options;
    if (!options.exists()) {
        return {};
    }
    if (!options.is_object()) {
        return invalid_type("stream_options", "an object", options);
    }
    if (!request.stream) {
        return invalid_value("stream_options", "is only allowed when 'stream' is true; remove it or set 'stream' to true");
    }
    const Result<bool> include_usage = read_boolean(options.find("include_usage"), "stream_options.include_usage");
    if (!include_usage) {
        return include_usage.error();
    }
    request.include_usage = *include_usage;
    return {};
}

Result<void> read_bounds(ChatRequest& request, const RootFields& fields, const ChatRequestLimits& limits) {
    const auto choices = read_integer(fields.n, "n", 1, limits.choices_max);
    if (!choices) {
        return choices.error();
    }
    request.choices = choices->value_or(1);
    // Of the older API, but some servers still heed it: choices that are made, billed and thrown away.
    const auto made = read_integer(fields.best_of, "best_of", 1, limits.choices_max);
    if (!made) {
        return made.error();
    }
    if (made->value_or(1) > request.choices) {
        return invalid_value("best_of", "must not be more than 'n': ask for as many choices as are to be made");
    }
    const auto older = read_integer(fields.max_tokens, "max_tokens", 1, limits.output_tokens_max);
    if (!older) {
        return older.error();
    }
    const auto newer = read_integer(fields.max_completion_tokens, "max_completion_tokens", 1, limits.output_tokens_max);
    if (!newer) {
        return newer.error();
    }
    request.output_tokens_max = std::max(*newer, *older);
    if (request.output_tokens_max && request.output_tokens_max != *newer) {
        request.output_tokens_field = "max_tokens";
    }
    return {};
}

Result<void> read_service_tier(ChatRequest& request, const wire::JsonValue& tier) {
    if (!tier.exists()) {
        return {};
    }
    if (!tier.is_string()) {
        return invalid_type("service_tier", "a string", tier);
    }
    tier.append_string(request.service_tier, kServiceTierBytesMax);
    return {};
}

Result<void> read_logprobs(ChatRequest& request, const RootFields& fields) {
    const Result<bool> logprobs = read_boolean(fields.logprobs, "logprobs");
    if (!logprobs) {
        return logprobs.error();
    }
    request.logprobs = *logprobs;
    const auto top = read_integer(fields.top_logprobs, "top_logprobs", 0, 1'000'000);
    if (!top) {
        return top.error();
    }
    if (*top && !request.logprobs) {
        return invalid_value("top_logprobs", "is only allowed when 'logprobs' is true; remove it or set 'logprobs' to true");
    }
    return {};
}

Result<void> read_response_format(ChatRequest& request, const wire::JsonValue& format) {
    if (!format.exists()) {
        return {};
    }
    if (!format.is_object()) {
        return invalid_type("response_format", "an object with a 'type'", format);
    }
    const wire::JsonValue type = format.find("type");
    if (!type.is_string()) {
        return type.exists() ? invalid_type("response_format.type", "a string", type)
                             : missing_parameter("response_format.type", "\"text\", \"json_object\" or \"json_schema\"");
    }
    request.wants_json_object = type.string_is("json_object");
    if (!type.string_is("json_schema")) {
        return {};
    }
    const wire::JsonValue wrapper = format.find("json_schema");
    if (!wrapper.is_object()) {
        return wrapper.exists() ? invalid_type("response_format.json_schema", "an object", wrapper)
                                : missing_parameter("response_format.json_schema", "an object with 'name' and 'schema'");
    }
    const wire::JsonValue schema = wrapper.find("schema");
    if (!schema.is_object()) {
        return schema.exists() ? invalid_type("response_format.json_schema.schema", "a JSON schema (an object)", schema)
                               : missing_parameter("response_format.json_schema.schema", "a JSON schema");
    }
    request.json_schema = schema;
    request.prompt_text_bytes += schema.range().size();
    return {};
}

Result<void> read_tool_list(ChatRequest& request, const wire::JsonValue& list, std::string_view param, std::size_t tools_max) {
    if (!list.exists()) {
        return {};
    }
    if (!list.is_array()) {
        return invalid_type(param, "an array", list);
    }
    if (list.size() > tools_max) {
        return invalid_value(
            param, "must hold at most " + std::to_string(tools_max) + " entries, but holds " + std::to_string(list.size()));
    }
    std::size_t index = 0;
    for (const wire::JsonValue tool : list) {
        if (!tool.is_object()) {
            return invalid_type(element_path(param, index), "an object", tool);
        }
        ++index;
    }
    request.has_tools = request.has_tools || index > 0;
    request.tools_offered += static_cast<std::int64_t>(index);
    request.prompt_text_bytes += list.range().size();
    return {};
}

}  // namespace

Result<ChatRequest> read_chat_request(const wire::JsonValue& body, const ChatRequestLimits& limits) {
    if (!body.is_object()) {
        return Error::downstream(ErrorKind::InvalidRequest, "invalid_type",
                                 "The request body must be a JSON object with 'model' and 'messages'.");
    }
    ChatRequest request;
    request.body = body;
    const Result<RootFields> fields = collect_fields(request);
    if (!fields) {
        return fields.error();
    }
    request.tools = fields->tools;
    Result<void> checked = read_model_member(request.model, request.model_name);
    if (checked) {
        checked = read_messages(request, limits);
    }
    if (checked) {
        checked = read_stream(request, *fields);
    }
    if (checked) {
        checked = read_bounds(request, *fields, limits);
    }
    if (checked) {
        checked = read_logprobs(request, *fields);
    }
    if (checked) {
        checked = read_service_tier(request, fields->service_tier);
    }
    if (checked) {
        checked = read_response_format(request, fields->response_format);
    }
    if (checked) {
        checked = read_tool_list(request, fields->tools, "tools", limits.tools_max);
    }
    if (checked) {
        checked = read_tool_list(request, fields->functions, "functions", limits.tools_max);
    }
    if (!checked) {
        return checked.error();
    }
    return request;
}

}  // namespace tierway::dialect
