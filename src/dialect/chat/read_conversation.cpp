#include <cmath>
#include <unordered_map>
#include <utility>

#include "dialect/answer_parts.hpp"
#include "dialect/chat/reasoning_details.hpp"
#include "dialect/chat/tool_calls.hpp"
#include "dialect/request_errors.hpp"
#include "tierway/dialect/chat.hpp"
#include "tierway/dialect/data_url.hpp"

namespace tierway::dialect::chat {
namespace {

constexpr std::size_t kStopsMax = 16;

JsonText object_text(const wire::JsonValue& value) {
    return value.is_object() ? JsonText(value.raw()) : JsonText();
}

MediaPart read_image(const wire::JsonValue& image) {
    MediaPart media;
    const std::string url = image.is_string() ? image.to_string() : image.find("url").to_string();
    media.detail = image.find("detail").to_string();
    if (const auto data = read_data_url(url)) {
        media.media_type = data->media_type;
        media.data = data->data;
    } else {
        media.url = url;
    }
    return media;
}

MediaPart read_file(const wire::JsonValue& file) {
    MediaPart media;
    media.kind = MediaPart::Kind::File;
    media.file_id = file.find("file_id").to_string();
    media.filename = file.find("filename").to_string();
    const std::string text = file.find("file_data").to_string();
    if (const auto data = read_data_url(text)) {
        media.media_type = data->media_type;
        media.data = data->data;
    } else {
        media.data = text;
        media.media_type = text.empty() ? "" : "application/pdf";
    }
    return media;
}

Result<void> read_part(const wire::JsonValue& part, const std::string& path, std::vector<Part>& parts) {
    const wire::JsonValue type = part.find("type");
    JsonText cache_control = object_text(part.find("cache_control"));
    if (type.string_is("text")) {
        parts.push_back({TextPart{part.find("text").to_string()}, std::move(cache_control)});
    } else if (type.string_is("refusal")) {
        parts.push_back({RefusalPart{part.find("refusal").to_string()}, std::move(cache_control)});
    } else if (type.string_is("image_url")) {
        parts.push_back({read_image(part.find("image_url")), std::move(cache_control)});
    } else if (type.string_is("file")) {
        parts.push_back({read_file(part.find("file")), std::move(cache_control)});
    } else if (type.string_is("input_audio")) {
        MediaPart sound;
        sound.kind = MediaPart::Kind::Audio;
        sound.media_type = part.find("input_audio").find("format").to_string();
        sound.data = part.find("input_audio").find("data").to_string();
        parts.push_back({std::move(sound), std::move(cache_control)});
    } else {
        return invalid_value(member_path(path, "type"), "must be one of text, image_url, input_audio, file or refusal");
    }
    return {};
}

Result<void> read_content(const wire::JsonValue& message, const std::string& path, std::vector<Part>& parts) {
    const wire::JsonValue content = message.find("content");
    if (content.is_string()) {
        parts.push_back({TextPart{content.to_string()}, object_text(message.find("cache_control"))});
        return {};
    }
    std::size_t index = 0;
    for (const wire::JsonValue part : content) {
        if (auto read = read_part(part, element_path(member_path(path, "content"), index), parts); !read) {
            return read;
        }
        ++index;
    }
    return {};
}

Result<void> read_assistant(const wire::JsonValue& message, const std::string& path, Turn& turn) {
    read_reasoning(message, turn.parts);
    if (auto read = read_content(message, path, turn.parts); !read) {
        return read;
    }
    if (const wire::JsonValue refusal = message.find("refusal"); refusal.is_string()) {
        turn.parts.push_back({RefusalPart{refusal.to_string()}, {}});
    }
    for (const wire::JsonValue call : message.find("tool_calls")) {
        turn.parts.push_back({read_call(call), {}});
    }
    if (const wire::JsonValue call = message.find("function_call"); call.is_object()) {
        // The oldest form has no ids; a result is found by the function's name.
        ToolCallPart part;
        part.name = call.find("name").to_string();
        part.id = part.name;
        append_arguments(call.find("arguments"), part.arguments);
        turn.parts.push_back({std::move(part), {}});
    }
    return {};
}

/// What is read, and which tool each call so far was of; of calls with the same id the newest counts.
struct History {
    std::vector<Turn>& turns;
    std::unordered_map<std::string, std::string> tool_of_call{};
};

Result<void> read_tool_result(const wire::JsonValue& message, const std::string& path, History& history) {
    std::vector<Turn>& turns = history.turns;
    ToolResultPart result;
    const wire::JsonValue id = message.find("tool_call_id");
    result.call_id = id.is_string() ? id.to_string() : message.find("name").to_string();
    const auto called = history.tool_of_call.find(result.call_id);
    result.name = called == history.tool_of_call.end() ? message.find("name").to_string() : called->second;
    if (auto read = read_content(message, path, result.content); !read) {
        return read;
    }
    if (turns.empty() || turns.back().role != Role::Tool) {
        turns.push_back({Role::Tool, {}});
    }
    turns.back().parts.push_back({std::move(result), {}});
    return {};
}

Result<void> read_message(const wire::JsonValue& message, const std::string& path, History& history) {
    const Role role = role_of(message).value_or(Role::User);
    if (role == Role::Tool) {
        return read_tool_result(message, path, history);
    }
    Turn turn{role, {}};
    const Result<void> read = role == Role::Assistant ? read_assistant(message, path, turn) : read_content(message, path, turn.parts);
    for (const Part& part : turn.parts) {
        if (const auto* call = std::get_if<ToolCallPart>(&part.value)) {
            history.tool_of_call[call->id] = call->name;
        }
    }
    history.turns.push_back(std::move(turn));
    return read;
}

/// A number that JSON can state again.
std::optional<double> finite(const wire::JsonValue& value) {
    const std::optional<double> number = value.number();
    return number && std::isfinite(*number) ? number : std::nullopt;
}

void read_tools(const ChatRequest& request, std::vector<ToolDefinition>& tools) {
    for (const wire::JsonValue tool : request.tools) {
        const wire::JsonValue custom = tool.find("custom");
        const wire::JsonValue body = custom.is_object() ? custom : tool.find("function");
        ToolDefinition definition;
        definition.custom = custom.is_object();
        definition.name = body.find("name").to_string();
        definition.description = body.find("description").to_string();
        definition.parameters = object_text(body.find("parameters"));
        definition.strict = body.find("strict").boolean();
        definition.format = object_text(body.find("format"));
        definition.cache_control = object_text(tool.find("cache_control"));
        tools.push_back(std::move(definition));
    }
    for (const wire::JsonValue function : request.body.find("functions")) {
        ToolDefinition definition;
        definition.name = function.find("name").to_string();
        definition.description = function.find("description").to_string();
        definition.parameters = object_text(function.find("parameters"));
        tools.push_back(std::move(definition));
    }
}

ToolChoice read_tool_choice(const wire::JsonValue& body) {
    const wire::JsonValue newer = body.find("tool_choice");
    const wire::JsonValue choice = newer.exists() ? newer : body.find("function_call");
    using Mode = ToolChoice::Mode;
    if (choice.is_string()) {
        const Mode mode = choice.string_is("none")       ? Mode::None
                          : choice.string_is("auto")     ? Mode::Auto
                          : choice.string_is("required") ? Mode::Required
                                                         : Mode::Unstated;
        return {mode, {}};
    }
    if (!choice.is_object()) {
        return {};
    }
    if (choice.find("type").string_is("allowed_tools")) {
        return {choice.find("allowed_tools").find("mode").string_is("required") ? Mode::Required : Mode::Auto, {}};
    }
    const wire::JsonValue custom = choice.find("custom");
    const wire::JsonValue function = choice.find("function");
    const wire::JsonValue named = custom.is_object() ? custom : function.is_object() ? function : choice;
    return {Mode::Named, named.find("name").to_string()};
}

/// Of a choice among allowed tools only those are offered: no other dialect has that choice.
void keep_allowed(const wire::JsonValue& choice, std::vector<ToolDefinition>& tools) {
    if (!choice.find("type").string_is("allowed_tools")) {
        return;
    }
    const wire::JsonValue allowed = choice.find("allowed_tools").find("tools");
    std::erase_if(tools, [&allowed](const ToolDefinition& tool) {
        for (const wire::JsonValue one : allowed) {
            if (one.find("function").find("name").string_is(tool.name) || one.find("custom").find("name").string_is(tool.name)) {
                return false;
            }
        }
        return true;
    });
}

OutputFormat read_format(const wire::JsonValue& format) {
    OutputFormat read;
    if (format.find("type").string_is("json_object")) {
        read.kind = OutputFormat::Kind::JsonObject;
    } else if (format.find("type").string_is("json_schema")) {
        const wire::JsonValue schema = format.find("json_schema");
        read.kind = OutputFormat::Kind::JsonSchema;
        read.name = schema.find("name").to_string();
        read.name = read.name.empty() ? "output" : read.name;
        read.description = schema.find("description").to_string();
        read.schema = schema.find("schema").raw();
        read.strict = schema.find("strict").boolean();
    }
    return read;
}

void read_stop(const wire::JsonValue& stop, std::vector<std::string>& out) {
    if (stop.is_string()) {
        out.push_back(stop.to_string());
    }
    for (const wire::JsonValue one : stop) {
        if (one.is_string() && out.size() < kStopsMax) {
            out.push_back(one.to_string());
        }
    }
}

void read_settings(const ChatRequest& request, Conversation& conversation) {
    const wire::JsonValue& body = request.body;
    conversation.thinking.effort = body.find("reasoning_effort").to_string();
    conversation.output_tokens_max = request.output_tokens_max;
    conversation.choices = request.choices;
    read_stop(body.find("stop"), conversation.stop);
    conversation.temperature = finite(body.find("temperature"));
    conversation.top_p = finite(body.find("top_p"));
    conversation.top_k = body.find("top_k").integer();
    conversation.presence_penalty = finite(body.find("presence_penalty"));
    conversation.frequency_penalty = finite(body.find("frequency_penalty"));
    conversation.seed = body.find("seed").integer();
    conversation.logprobs = request.logprobs;
    conversation.top_logprobs = body.find("top_logprobs").integer();
    conversation.logit_bias = object_text(body.find("logit_bias"));
    conversation.verbosity = body.find("verbosity").to_string();
    conversation.service_tier = request.service_tier;
    const wire::JsonValue user = body.find("safety_identifier");
    conversation.user = user.is_string() ? user.to_string() : body.find("user").to_string();
    conversation.prompt_cache_key = body.find("prompt_cache_key").to_string();
    conversation.metadata = object_text(body.find("metadata"));
    conversation.store = body.find("store").boolean();
    conversation.stream = request.stream;
    conversation.include_usage = request.include_usage;
}

}  // namespace

Result<Conversation> read_conversation(const ChatRequest& request) {
    Conversation conversation;
    conversation.model = request.model_name;
    History history{conversation.turns};
    std::size_t index = 0;
    for (const wire::JsonValue message : request.messages) {
        if (auto read = read_message(message, element_path("messages", index), history); !read) {
            return read.error();
        }
        ++index;
    }
    read_tools(request, conversation.tools);
    conversation.tool_choice = read_tool_choice(request.body);
    keep_allowed(request.body.find("tool_choice"), conversation.tools);
    conversation.parallel_tool_calls = request.body.find("parallel_tool_calls").boolean();
    conversation.format = read_format(request.body.find("response_format"));
    read_settings(request, conversation);
    conversation.only_native = request.only_native;
    return conversation;
}

}  // namespace tierway::dialect::chat
