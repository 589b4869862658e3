#include "simulator/chat_input.hpp"

#include <algorithm>
#include <utility>

namespace tierway::simulator {
namespace {

using nlohmann::json;

/// nlohmann copies and writes recursively, so that a deep document would end the process.
constexpr int kDepthMax = 64;
constexpr std::int64_t kChoicesMax = 128;
constexpr std::int64_t kTopLogprobsMax = 20;
constexpr std::size_t kStopMax = 4;

Error invalid(std::string message, std::string param = {}) {
    return Error::downstream(ErrorKind::InvalidRequest, "invalid_request", std::move(message)).with_param(std::move(param));
}

/// Null when the field is absent; OpenAI treats a null as absent too.
const json* member(const json& object, const char* name) {
    const auto found = object.find(name);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

Result<bool> read_bool(const json& object, const char* name) {
    const json* value = member(object, name);
    if (value != nullptr && !value->is_boolean()) {
        return invalid(std::string("`") + name + "` must be true or false.", name);
    }
    return value != nullptr && value->get<bool>();
}

Result<std::optional<std::int64_t>> read_integer(const json& object, const char* name, std::int64_t min, std::int64_t max) {
    const json* value = member(object, name);
    if (value == nullptr) {
        return std::optional<std::int64_t>();
    }
    if (!value->is_number_integer() || value->get<std::int64_t>() < min || value->get<std::int64_t>() > max) {
        return invalid(
            std::string("`") + name + "` must be a whole number from " + std::to_string(min) + " to " + std::to_string(max) + ".",
            name);
    }
    return std::optional<std::int64_t>(value->get<std::int64_t>());
}

/// The text of a message's content, a string or a list of parts; counts its images.
Result<std::string> read_content(const json& message, const std::string& where, ChatInput& input) {
    const json* content = member(message, "content");
    if (content == nullptr) {
        return std::string();
    }
    if (content->is_string()) {
        return content->get<std::string>();
    }
    if (!content->is_array()) {
        return invalid("`" + where + ".content` must be a string or a list of parts.", where + ".content");
    }
    std::string text;
    for (const json& part : *content) {
        const json* type = part.is_object() ? member(part, "type") : nullptr;
        if (type == nullptr || !type->is_string()) {
            return invalid("Every part of `" + where + ".content` needs a `type`.", where + ".content");
        }
        const json* part_text = member(part, "text");
        if (*type == "text" && part_text != nullptr && part_text->is_string()) {
            text += (text.empty() ? "" : "\n") + part_text->get<std::string>();
        } else if (*type == "image_url") {
            ++input.images;
        }
    }
    return text;
}

Result<void> read_messages(const json& body, ChatInput& input) {
    const json* messages = member(body, "messages");
    if (messages == nullptr || !messages->is_array() || messages->empty()) {
        return invalid("`messages` must be a list of at least one message.", "messages");
    }
    for (std::size_t i = 0; i < messages->size(); ++i) {
        const json& message = (*messages)[i];
        const std::string where = "messages[" + std::to_string(i) + "]";
        const json* role = message.is_object() ? member(message, "role") : nullptr;
        if (role == nullptr || !role->is_string()) {
            return invalid("`" + where + "` must be an object with a `role`.", where + ".role");
        }
        auto text = read_content(message, where, input);
        if (!text) {
            return text.error();
        }
        input.text_bytes += text->size();
        input.conversation.append(role->get_ref<const std::string&>()).append(1, '\n').append(*text).append(1, '\n');
        if (*role == "user") {
            input.question = *text;
        }
        const bool last = i + 1 == messages->size();
        if (last && (*role == "tool" || *role == "function")) {
            input.tool_result = text->empty() ? "(empty)" : std::move(*text);
        }
    }
    return Result<void>();
}

Result<void> read_limits(const json& body, ChatInput& input) {
    const auto choices = read_integer(body, "n", 1, kChoicesMax);
    const auto top = read_integer(body, "top_logprobs", 0, kTopLogprobsMax);
    const auto tokens = read_integer(body, "max_completion_tokens", 1, INT64_MAX);
    const auto old_tokens = read_integer(body, "max_tokens", 1, INT64_MAX);
    const auto logprobs = read_bool(body, "logprobs");
    for (const auto* field : {&choices, &top, &tokens, &old_tokens}) {
        if (!*field) {
            return field->error();
        }
    }
    if (!logprobs) {
        return logprobs.error();
    }
    if (top->value_or(0) > 0 && !*logprobs) {
        return invalid("`top_logprobs` needs `logprobs: true`.", "top_logprobs");
    }
    input.choices = static_cast<unsigned>(choices->value_or(1));
    input.logprobs = *logprobs;
    input.top_logprobs = static_cast<unsigned>(top->value_or(0));
    const std::optional<std::int64_t> bound = *tokens ? *tokens : *old_tokens;
    if (bound) {
        input.tokens_max = static_cast<std::size_t>(*bound);
    }
    return Result<void>();
}

Result<void> read_stop(const json& body, ChatInput& input) {
    const json* stop = member(body, "stop");
    if (stop == nullptr) {
        return Result<void>();
    }
    if (stop->is_string()) {
        input.stop.push_back(stop->get<std::string>());
        return Result<void>();
    }
    if (!stop->is_array() || stop->size() > kStopMax) {
        return invalid("`stop` must be a string or a list of at most four.", "stop");
    }
    for (const json& text : *stop) {
        if (!text.is_string()) {
            return invalid("`stop` must be a string or a list of at most four.", "stop");
        }
        input.stop.push_back(text.get<std::string>());
    }
    return Result<void>();
}

Result<void> read_stream(const json& body, ChatInput& input) {
    const auto stream = read_bool(body, "stream");
    if (!stream) {
        return stream.error();
    }
    input.stream = *stream;
    const json* options = member(body, "stream_options");
    if (options == nullptr) {
        return Result<void>();
    }
    if (!options->is_object() || !input.stream) {
        return invalid("`stream_options` must be an object, and is only allowed with `stream: true`.", "stream_options");
    }
    const auto include_usage = read_bool(*options, "include_usage");
    if (!include_usage) {
        return include_usage.error();
    }
    input.include_usage = *include_usage;
    return Result<void>();
}

Result<void> read_service_tier(const json& body, ChatInput& input) {
    const json* tier = member(body, "service_tier");
    if (tier == nullptr) {
        return Result<void>();
    }
    if (!tier->is_string()) {
        return invalid("`service_tier` must be a string.", "service_tier");
    }
    input.service_tier = tier->get<std::string>();
    return Result<void>();
}

Result<void> read_form(const json& body, ChatInput& input) {
    const json* format = member(body, "response_format");
    if (format == nullptr) {
        return Result<void>();
    }
    const json* type = format->is_object() ? member(*format, "type") : nullptr;
    if (type != nullptr && *type == "json_object") {
        input.form = ChatInput::Form::JsonObject;
    } else if (type != nullptr && *type == "json_schema") {
        const json* outer = member(*format, "json_schema");
        const json* name = outer != nullptr && outer->is_object() ? member(*outer, "name") : nullptr;
        if (name == nullptr || !name->is_string()) {
            return invalid("`response_format.json_schema` must be an object with a `name`.", "response_format.json_schema");
        }
        const json* schema = member(*outer, "schema");
        input.form = ChatInput::Form::JsonSchema;
        input.schema = schema != nullptr ? *schema : json::object();
    } else if (type == nullptr || *type != "text") {
        return invalid("`response_format.type` must be `text`, `json_object` or `json_schema`.", "response_format");
    }
    return Result<void>();
}

Result<void> read_tools(const json& body, ChatInput& input) {
    const json* tools = member(body, "tools");
    if (tools == nullptr) {
        return Result<void>();
    }
    if (!tools->is_array()) {
        return invalid("`tools` must be a list.", "tools");
    }
    for (const json& tool : *tools) {
        const json* type = tool.is_object() ? member(tool, "type") : nullptr;
        const bool custom = type != nullptr && *type == "custom";
        const json* inner = type != nullptr ? member(tool, custom ? "custom" : "function") : nullptr;
        const json* name = inner != nullptr && inner->is_object() ? member(*inner, "name") : nullptr;
        if (name == nullptr || !name->is_string()) {
            return invalid("Every entry of `tools` needs a `type` and a `function` (or `custom`) with a `name`.", "tools");
        }
        OfferedTool offered;
        offered.name = name->get<std::string>();
        offered.custom = custom;
        const json* parameters = member(*inner, "parameters");
        if (parameters != nullptr) {
            offered.parameters = *parameters;
        }
        input.tools.push_back(std::move(offered));
    }
    return Result<void>();
}

Result<void> read_tool_choice(const json& body, ChatInput& input) {
    const json* choice = member(body, "tool_choice");
    if (choice == nullptr) {
        return Result<void>();
    }
    if (input.tools.empty() && *choice != "none" && *choice != "auto") {
        return invalid("`tool_choice` is only allowed when `tools` are given.", "tool_choice");
    }
    if (choice->is_string()) {
        const auto& word = choice->get_ref<const std::string&>();
        if (word != "none" && word != "auto" && word != "required") {
            return invalid("`tool_choice` must be `none`, `auto`, `required` or name a tool.", "tool_choice");
        }
        input.tool_choice = word == "none"       ? ChatInput::ToolChoice::None
                            : word == "required" ? ChatInput::ToolChoice::Required
                                                 : ChatInput::ToolChoice::Auto;
        return Result<void>();
    }
    const json* type = choice->is_object() ? member(*choice, "type") : nullptr;
    const bool custom = type != nullptr && *type == "custom";
    const bool allowed = type != nullptr && *type == "allowed_tools";
    const json* inner = choice->is_object() ? member(*choice, allowed  ? "allowed_tools"
                                                              : custom ? "custom"
                                                                       : "function")
                                            : nullptr;
    if (inner != nullptr && inner->is_object() && allowed) {
        const json* mode = member(*inner, "mode");
        input.tool_choice =
            mode != nullptr && *mode == "required" ? ChatInput::ToolChoice::Required : ChatInput::ToolChoice::Auto;
        return Result<void>();
    }
    const json* name = inner != nullptr && inner->is_object() ? member(*inner, "name") : nullptr;
    const bool known =
        name != nullptr && name->is_string() &&
        std::any_of(input.tools.begin(), input.tools.end(), [name](const OfferedTool& tool) { return *name == tool.name; });
    if (!known) {
        return invalid("`tool_choice` must name one of `tools`.", "tool_choice");
    }
    input.tool_choice = ChatInput::ToolChoice::Named;
    input.named_tool = name->get<std::string>();
    return Result<void>();
}

Result<void> read_simulate(const json& body, ChatInput& input) {
    const json* metadata = member(body, "metadata");
    if (metadata == nullptr) {
        return Result<void>();
    }
    const json* simulate = metadata->is_object() ? member(*metadata, "simulate") : nullptr;
    if (!metadata->is_object() || (simulate != nullptr && !simulate->is_string())) {
        return invalid("`metadata` must be an object of strings.", "metadata");
    }
    if (simulate != nullptr) {
        input.simulate = simulate->get<std::string>();
    }
    if (input.simulate.size() > ChatInput::kSimulateBytesMax) {
        return invalid("`metadata.simulate` is longer than 512 bytes.", "metadata.simulate");
    }
    return Result<void>();
}

Result<json> parse(std::string_view body) {
    bool too_deep = false;
    const auto guard = [&too_deep](int depth, json::parse_event_t event, json&) {
        const bool opens = event == json::parse_event_t::object_start || event == json::parse_event_t::array_start;
        too_deep = too_deep || (opens && depth >= kDepthMax);
        return !too_deep;
    };
    json document = json::parse(body.begin(), body.end(), guard, false);
    if (too_deep) {
        return invalid("The request body is nested deeper than 64 levels.");
    }
    if (document.is_discarded() || !document.is_object()) {
        return invalid("The request body must be a JSON object.");
    }
    return document;
}

}  // namespace

Result<ChatInput> read_chat_input(std::string_view body) {
    const auto parsed = parse(body);
    if (!parsed) {
        return parsed.error();
    }
    const json& document = *parsed;
    const json* model = member(document, "model");
    if (model == nullptr || !model->is_string()) {
        return invalid("`model` must be the name of a model.", "model");
    }
    ChatInput input;
    input.model = model->get<std::string>();
    for (const auto& read :
         {read_messages, read_limits, read_stop, read_stream, read_service_tier, read_form, read_tools, read_tool_choice, read_simulate}) {
        const auto done = read(document, input);
        if (!done) {
            return done.error();
        }
    }
    return input;
}

}  // namespace tierway::simulator
