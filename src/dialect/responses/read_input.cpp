#include "dialect/responses/read_input.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include "dialect/request_errors.hpp"
#include "dialect/responses/item_ids.hpp"
#include "dialect/responses/output_items.hpp"
#include "dialect/responses/read_tools.hpp"
#include "tierway/dialect/data_url.hpp"
#include "tierway/dialect/seal.hpp"

namespace tierway::dialect::responses {
namespace {

constexpr std::size_t kItemsMax = 10'000;

/// Calls that the vendor ran itself and whose fruit is in the text that followed: without them a history says the same.
constexpr std::array<std::string_view, 4> kSpentItems = {"web_search_call", "file_search_call", "code_interpreter_call",
                                                         "mcp_list_tools"};

class InputReader {
public:
    explicit InputReader(Conversation& conversation) : conversation_(conversation) {}

    Result<void> read_item(const wire::JsonValue& item, const std::string& path);

private:
    Result<void> read_message(const wire::JsonValue& item, const std::string& path);
    Result<void> read_call(const wire::JsonValue& item, bool custom, const std::string& path);
    Result<void> read_call_output(const wire::JsonValue& item, const std::string& path);
    void read_reasoning(const wire::JsonValue& item);
    std::string take_signature();
    Turn& turn_of(Role role);

    Conversation& conversation_;
    std::unordered_map<std::string, std::string> tool_of_call_;  ///< Of calls with the same id the newest counts.
};

/// A member that must be a string with something in it.
Result<std::string> required_text(const wire::JsonValue& object, std::string_view name, const std::string& path,
                                  std::string_view expected) {
    const wire::JsonValue value = object.find(name);
    if (!value.is_string()) {
        const std::string param = member_path(path, name);
        return value.exists() ? invalid_type(param, "a string", value) : missing_parameter(param, expected);
    }
    return value.to_string();
}

Result<MediaPart> read_image(const wire::JsonValue& part, const std::string& path) {
    MediaPart media;
    media.detail = part.find("detail").to_string();
    media.file_id = part.find("file_id").to_string();
    const wire::JsonValue url = part.find("image_url");
    if (!url.is_string() && media.file_id.empty()) {
        return missing_parameter(member_path(path, "image_url"), "a string: an https or data URL");
    }
    const std::string text = url.to_string();
    if (const auto data = read_data_url(text)) {
        media.media_type = data->media_type;
        media.data = data->data;
    } else if (text.starts_with("data:")) {
        return invalid_value(member_path(path, "image_url"), "must be an https URL or a data URL with Base64");
    } else {
        media.url = text;
    }
    return media;
}

Result<MediaPart> read_file(const wire::JsonValue& part, const std::string& path) {
    MediaPart media;
    media.kind = MediaPart::Kind::File;
    media.filename = part.find("filename").to_string();
    media.file_id = part.find("file_id").to_string();
    media.url = part.find("file_url").to_string();
    const std::string text = part.find("file_data").to_string();
    if (const auto data = read_data_url(text)) {
        media.media_type = data->media_type;
        media.data = data->data;
    } else if (!text.empty()) {
        media.media_type = "application/pdf";
        media.data = text;
    }
    if (media.data.empty() && media.file_id.empty() && media.url.empty()) {
        return missing_parameter(member_path(path, "file_data"), "a string: a data URL, or else 'file_url' or 'file_id'");
    }
    return media;
}

Result<Part> read_part(const wire::JsonValue& part, const std::string& path) {
    const wire::JsonValue type = part.find("type");
    if (type.string_is("input_text") || type.string_is("output_text")) {
        auto text = required_text(part, "text", path, "a string");
        return text ? Result<Part>(Part{TextPart{std::move(*text)}, {}}) : text.error();
    }
    if (type.string_is("refusal")) {
        auto text = required_text(part, "refusal", path, "a string");
        return text ? Result<Part>(Part{RefusalPart{std::move(*text)}, {}}) : text.error();
    }
    if (type.string_is("input_image") || type.string_is("input_file")) {
        auto media = type.string_is("input_image") ? read_image(part, path) : read_file(part, path);
        return media ? Result<Part>(Part{std::move(*media), {}}) : media.error();
    }
    if (type.string_is("input_audio")) {
        MediaPart sound;
        sound.kind = MediaPart::Kind::Audio;
        sound.media_type = part.find("input_audio").find("format").to_string();
        sound.data = part.find("input_audio").find("data").to_string();
        return Part{std::move(sound), {}};
    }
    if (!part.is_object()) {
        return invalid_type(path, "an object with a 'type'", part);
    }
    return invalid_value(member_path(path, "type"),
                         "must be one of input_text, output_text, refusal, input_image, input_file or input_audio");
}

Result<void> read_content(const wire::JsonValue& object, std::string_view name, const std::string& path,
                          std::vector<Part>& parts) {
    const wire::JsonValue content = object.find(name);
    if (content.is_string()) {
        parts.push_back({TextPart{content.to_string()}, {}});
        return {};
    }
    const std::string param = member_path(path, name);
    if (!content.is_array()) {
        constexpr std::string_view kExpected = "a string or an array of content parts";
        return content.exists() ? invalid_type(param, kExpected, content) : missing_parameter(param, kExpected);
    }
    std::size_t index = 0;
    for (const wire::JsonValue part : content) {
        Result<Part> read = read_part(part, element_path(param, index));
        if (!read) {
            return read.error();
        }
        parts.push_back(std::move(*read));
        ++index;
    }
    return {};
}

/// Successive items of the assistant are one turn, as are the results of its tools; what a human or a developer wrote is one
/// each.
Turn& InputReader::turn_of(Role role) {
    std::vector<Turn>& turns = conversation_.turns;
    const bool joins = role == Role::Assistant || role == Role::Tool;
    if (!joins || turns.empty() || turns.back().role != role) {
        turns.push_back({role, {}});
    }
    return turns.back();
}

Result<void> InputReader::read_message(const wire::JsonValue& item, const std::string& path) {
    const wire::JsonValue name = item.find("role");
    Role role = Role::User;
    if (name.string_is("assistant")) {
        role = Role::Assistant;
    } else if (name.string_is("system") || name.string_is("developer")) {
        role = Role::System;
    } else if (!name.string_is("user")) {
        const std::string param = member_path(path, "role");
        return name.exists() ? invalid_value(param, "must be one of user, assistant, system or developer")
                             : missing_parameter(param, "a string such as \"user\"");
    }
    return read_content(item, "content", path, turn_of(role).parts);
}

/// A signature of Gemini's on the call that follows stands before it in a reasoning item of its own (`write_reply`).
std::string InputReader::take_signature() {
    std::vector<Part>& parts = turn_of(Role::Assistant).parts;
    if (parts.empty()) {
        return {};
    }
    auto* const reasoning = std::get_if<ReasoningPart>(&parts.back().value);
    if (reasoning == nullptr || reasoning->origin != Origin::Gemini || !reasoning->hidden) {
        return {};
    }
    std::string seal = std::move(reasoning->seal);
    parts.pop_back();
    return seal;
}

Result<void> InputReader::read_call(const wire::JsonValue& item, bool custom, const std::string& path) {
    ToolCallPart call;
    call.custom = custom;
    for (const auto& [name, target] : {std::pair<std::string_view, std::string*>{"call_id", &call.id},
                                       {"name", &call.name},
                                       {custom ? "input" : "arguments", &call.arguments}}) {
        auto text = required_text(item, name, path, "a string");
        if (!text) {
            return text.error();
        }
        *target = std::move(*text);
    }
    call.name = flat_tool_name(item.find("namespace").to_string(), call.name);
    call.seal = take_signature();
    tool_of_call_[call.id] = call.name;
    turn_of(Role::Assistant).parts.push_back({std::move(call), {}});
    return {};
}

Result<void> InputReader::read_call_output(const wire::JsonValue& item, const std::string& path) {
    auto call_id = required_text(item, "call_id", path, "the id of the call that this item answers");
    if (!call_id) {
        return call_id.error();
    }
    ToolResultPart result;
    result.call_id = std::move(*call_id);
    const auto called = tool_of_call_.find(result.call_id);
    result.name = called == tool_of_call_.end() ? item.find("name").to_string() : called->second;
    if (auto read = read_content(item, "output", path, result.content); !read) {
        return read;
    }
    turn_of(Role::Tool).parts.push_back({std::move(result), {}});
    return {};
}

void InputReader::read_reasoning(const wire::JsonValue& item) {
    ReasoningPart part;
    part.text = reasoning_text(item);
    std::string scratch;
    if (const std::string_view sealed = item.find("encrypted_content").string(scratch); !sealed.empty()) {
        const UntaggedSeal seal = read_seal(sealed, Origin::OpenAi);
        part.seal = seal.seal;
        part.hidden = seal.hidden;
        part.origin = seal.origin;
    }
    if (part.text.empty() && part.origin == Origin::Unknown) {
        return;
    }
    part.id = item.find("id").to_string();
    if (is_made_item_id(part.id)) {
        part.id.clear();
    }
    turn_of(Role::Assistant).parts.push_back({std::move(part), {}});
}

Error reference_refused(const std::string& path) {
    return unsupported_parameter(path, "This gateway keeps no items to refer to. Send the item itself, as the answer had it.");
}

Result<void> InputReader::read_item(const wire::JsonValue& item, const std::string& path) {
    if (!item.is_object()) {
        return invalid_type(path, "an object, an item", item);
    }
    const wire::JsonValue type = item.find("type");
    if (type.string_is("message") || (!type.exists() && item.find("role").exists())) {
        return read_message(item, path);
    }
    if (type.string_is("item_reference") || (!type.is_string() && item.find("id").is_string())) {
        return reference_refused(path);
    }
    if (!type.is_string()) {
        const std::string param = member_path(path, "type");
        return type.exists() ? invalid_type(param, "a string", type) : missing_parameter(param, "a string such as \"message\"");
    }
    if (type.string_is("function_call") || type.string_is("custom_tool_call")) {
        return read_call(item, type.string_is("custom_tool_call"), path);
    }
    if (type.string_is("function_call_output") || type.string_is("custom_tool_call_output")) {
        return read_call_output(item, path);
    }
    if (type.string_is("reasoning")) {
        read_reasoning(item);
        return {};
    }
    if (std::any_of(kSpentItems.begin(), kSpentItems.end(), [&type](std::string_view spent) { return type.string_is(spent); })) {
        Omissions& omitted = conversation_.omitted;
        if (std::find(omitted.begin(), omitted.end(), "input") == omitted.end()) {
            omitted.push_back("input");
        }
    } else if (conversation_.only_native.empty()) {
        conversation_.only_native = path;
    }
    return {};
}

}  // namespace

Result<void> read_input(const wire::JsonValue& input, Conversation& conversation) {
    if (input.is_string()) {
        conversation.turns.push_back({Role::User, {Part{TextPart{input.to_string()}, {}}}});
        return {};
    }
    if (!input.is_array()) {
        constexpr std::string_view kExpected = "a string or an array of items";
        return input.exists() ? invalid_type("input", kExpected, input) : missing_parameter("input", kExpected);
    }
    const std::size_t count = input.size();
    if (count > kItemsMax) {
        return invalid_value("input",
                             "must hold at most " + std::to_string(kItemsMax) + " items, but holds " + std::to_string(count));
    }
    InputReader reader(conversation);
    std::size_t index = 0;
    for (const wire::JsonValue item : input) {
        if (auto read = reader.read_item(item, element_path("input", index)); !read) {
            return read;
        }
        ++index;
    }
    return {};
}

}  // namespace tierway::dialect::responses
