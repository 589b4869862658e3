#include <algorithm>
#include <optional>

#include "dialect/chat/tool_calls.hpp"
#include "dialect/openai_members.hpp"
#include "dialect/thinking_words.hpp"
#include "tierway/base/json_writer.hpp"
#include "tierway/dialect/chat.hpp"
#include "tierway/dialect/data_url.hpp"

namespace tierway::dialect::chat {
namespace {

constexpr std::size_t kStopsMax = 4;

void write_media(JsonWriter& json, const MediaPart& media) {
    const std::string url = media.data.empty() ? media.url : data_url(media.media_type, media.data);
    json.begin_object();
    switch (media.kind) {
        case MediaPart::Kind::Image:
            json.text("type", "image_url").key("image_url").begin_object().text("url", url);
            if (!media.detail.empty()) {
                json.text("detail", media.detail);
            }
            break;
        case MediaPart::Kind::Audio:
            json.text("type", "input_audio").key("input_audio").begin_object();
            json.text("data", media.data).text("format", media.media_type);
            break;
        case MediaPart::Kind::File:
            json.text("type", "file").key("file").begin_object();
            if (!media.file_id.empty()) {
                json.text("file_id", media.file_id);
            } else {
                json.text("filename", media.filename.empty() ? "file" : media.filename).text("file_data", url);
            }
            break;
    }
    json.end_object().end_object();
}

bool is_content(const Part& part) {
    return std::holds_alternative<TextPart>(part.value) || std::holds_alternative<MediaPart>(part.value);
}

/// A content of one text is a string, as the oldest of the compatible servers want it.
void write_content(JsonWriter& json, const std::vector<Part>& parts) {
    const auto count = std::count_if(parts.begin(), parts.end(), is_content);
    const auto first = std::find_if(parts.begin(), parts.end(), is_content);
    json.key("content");
    if (count == 0) {
        json.text("");
        return;
    }
    if (const auto* text = std::get_if<TextPart>(&first->value); text != nullptr && count == 1) {
        json.text(text->text);
        return;
    }
    json.begin_array();
    for (const Part& part : parts) {
        if (const auto* text = std::get_if<TextPart>(&part.value)) {
            json.begin_object().text("type", "text").text("text", text->text).end_object();
        } else if (const auto* media = std::get_if<MediaPart>(&part.value)) {
            write_media(json, *media);
        }
    }
    json.end_array();
}

/// The reasoning of one message: DeepSeek's models want it back beside their tool calls (WIRE.md section 5.4); others have no place
/// for it here.
void write_reasoning(JsonWriter& json, const std::vector<Part>& parts) {
    std::string text;
    for (const Part& part : parts) {
        if (const auto* reasoning = std::get_if<ReasoningPart>(&part.value);
            reasoning != nullptr && reasoning->origin == Origin::DeepSeek) {
            text += reasoning->text;
        }
    }
    if (!text.empty()) {
        json.text("reasoning_content", text);
    }
}

void write_assistant(JsonWriter& json, const Turn& turn) {
    std::string text;
    std::string refusal;
    bool calls = false;
    for (const Part& part : turn.parts) {
        if (const auto* piece = std::get_if<TextPart>(&part.value)) {
            text += piece->text;
        } else if (const auto* refused = std::get_if<RefusalPart>(&part.value)) {
            refusal += refused->text;
        }
        calls = calls || std::holds_alternative<ToolCallPart>(part.value);
    }
    json.begin_object().text("role", "assistant");
    if (text.empty() && (calls || !refusal.empty())) {
        json.null("content");
    } else {
        json.text("content", text);
    }
    if (!refusal.empty()) {
        json.text("refusal", refusal);
    }
    write_reasoning(json, turn.parts);
    if (calls) {
        json.key("tool_calls").begin_array();
        for (const Part& part : turn.parts) {
            if (const auto* call = std::get_if<ToolCallPart>(&part.value)) {
                json.begin_object();
                write_call_members(json, *call);
                json.end_object();
            }
        }
        json.end_array();
    }
    json.end_object();
}

/// A tool's message holds text only; what else it answered follows as the user's.
void write_tool_results(JsonWriter& json, const Turn& turn) {
    std::vector<Part> media;
    for (const Part& part : turn.parts) {
        const auto* result = std::get_if<ToolResultPart>(&part.value);
        if (result == nullptr) {
            continue;
        }
        std::string text = result->is_error ? "Error: " : "";
        for (const Part& piece : result->content) {
            if (const auto* words = std::get_if<TextPart>(&piece.value)) {
                text += words->text;
            } else if (std::holds_alternative<MediaPart>(piece.value)) {
                media.push_back(piece);
            }
        }
        json.begin_object().text("role", "tool").text("tool_call_id", result->call_id).text("content", text).end_object();
    }
    if (!media.empty()) {
        json.begin_object().text("role", "user");
        write_content(json, media);
        json.end_object();
    }
}

void write_turn(JsonWriter& json, const Turn& turn) {
    switch (turn.role) {
        case Role::Assistant:
            write_assistant(json, turn);
            break;
        case Role::Tool:
            write_tool_results(json, turn);
            break;
        case Role::System:
        case Role::User:
            json.begin_object().text("role", turn.role == Role::System ? "system" : "user");
            write_content(json, turn.parts);
            json.end_object();
            break;
    }
}

void write_tools(JsonWriter& json, const Conversation& conversation) {
    if (conversation.tools.empty()) {
        return;
    }
    json.key("tools").begin_array();
    for (const ToolDefinition& tool : conversation.tools) {
        const std::string_view kind = tool.custom ? "custom" : "function";
        json.begin_object().text("type", kind).key(kind).begin_object().text("name", tool.name);
        if (!tool.description.empty()) {
            json.text("description", tool.description);
        }
        if (tool.custom && !tool.format.empty()) {
            json.raw("format", tool.format);
        }
        if (!tool.custom && !tool.parameters.empty()) {
            json.raw("parameters", tool.parameters);
        }
        if (!tool.custom && tool.strict) {
            json.boolean("strict", *tool.strict);
        }
        json.end_object().end_object();
    }
    json.end_array();
    if (conversation.parallel_tool_calls) {
        json.boolean("parallel_tool_calls", *conversation.parallel_tool_calls);
    }
    if (const std::string_view word = choice_word(conversation.tool_choice.mode); !word.empty()) {
        json.text("tool_choice", word);
    } else if (conversation.tool_choice.mode == ToolChoice::Mode::Named) {
        const std::string_view kind = kind_of_named_tool(conversation);
        json.key("tool_choice").begin_object().text("type", kind);
        json.key(kind).begin_object().text("name", conversation.tool_choice.name).end_object().end_object();
    }
}

void write_format(JsonWriter& json, const OutputFormat& format) {
    if (format.kind == OutputFormat::Kind::Text) {
        return;
    }
    json.key("response_format").begin_object();
    if (format.kind == OutputFormat::Kind::JsonObject) {
        json.text("type", "json_object");
    } else {
        json.text("type", "json_schema").key("json_schema").begin_object();
        write_schema_members(json, format);
        json.end_object();
    }
    json.end_object();
}

void write_number(JsonWriter& json, std::string_view name, const std::optional<double>& value) {
    if (value) {
        json.decimal(name, *value);
    }
}

void write_word(JsonWriter& json, std::string_view name, std::string_view value) {
    if (!value.empty()) {
        json.text(name, value);
    }
}

void write_settings(JsonWriter& json, const Conversation& conversation, Omissions& omissions) {
    if (conversation.output_tokens_max) {
        json.integer("max_completion_tokens", *conversation.output_tokens_max);
    }
    if (conversation.choices > 1) {
        json.integer("n", conversation.choices);
    }
    if (!conversation.stop.empty()) {
        json.key("stop").begin_array();
        for (std::size_t i = 0; i < std::min(conversation.stop.size(), kStopsMax); ++i) {
            json.text(conversation.stop[i]);
        }
        json.end_array();
        if (conversation.stop.size() > kStopsMax) {
            omissions.push_back("stop");
        }
    }
    write_number(json, "temperature", conversation.temperature);
    write_number(json, "top_p", conversation.top_p);
    write_number(json, "presence_penalty", conversation.presence_penalty);
    write_number(json, "frequency_penalty", conversation.frequency_penalty);
    if (conversation.top_k) {
        omissions.push_back("top_k");
    }
    if (conversation.seed) {
        json.integer("seed", *conversation.seed);
    }
    if (conversation.logprobs) {
        json.boolean("logprobs", true);
        if (conversation.top_logprobs) {
            json.integer("top_logprobs", *conversation.top_logprobs);
        }
    }
    if (!conversation.logit_bias.empty()) {
        json.raw("logit_bias", conversation.logit_bias);
    }
    write_word(json, "reasoning_effort", effort_of(conversation.thinking));
    write_word(json, "verbosity", conversation.verbosity);
    write_word(json, "service_tier", conversation.service_tier);
    write_word(json, "user", conversation.user);
    write_word(json, "prompt_cache_key", conversation.prompt_cache_key);
    if (!conversation.metadata.empty()) {
        // The API keeps it with a stored answer only, and refuses it without.
        omissions.push_back("metadata");
    }
    if (conversation.stream) {
        json.boolean("stream", true);
        if (conversation.include_usage) {
            json.key("stream_options").begin_object().boolean("include_usage", true).end_object();
        }
    }
}

}  // namespace

std::string write_request(const Conversation& conversation, Omissions& omissions) {
    std::string body;
    JsonWriter json(body);
    json.begin_object().text("model", conversation.model).key("messages").begin_array();
    for (const Turn& turn : conversation.turns) {
        write_turn(json, turn);
    }
    json.end_array();
    write_tools(json, conversation);
    write_format(json, conversation.format);
    write_settings(json, conversation, omissions);
    json.end_object();
    return body;
}

}  // namespace tierway::dialect::chat
