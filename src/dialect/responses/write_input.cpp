#include "dialect/responses/write_input.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_set>

#include "dialect/request_errors.hpp"
#include "tierway/dialect/data_url.hpp"

namespace tierway::dialect::responses {
namespace {

/// Between the texts of a system turn of several.
constexpr std::string_view kBetweenInstructions = "\n\n";

Result<void> write_media(JsonWriter& json, const MediaPart& media) {
    if (media.kind == MediaPart::Kind::Audio) {
        return unsupported_parameter("input_audio", "The Responses API, by which this model is reached, takes no sound.");
    }
    const bool image = media.kind == MediaPart::Kind::Image;
    const std::string data = media.data.empty() ? std::string() : data_url(media.media_type, media.data);
    json.begin_object().text("type", image ? "input_image" : "input_file");
    if (!media.file_id.empty()) {
        json.text("file_id", media.file_id);
    } else if (image) {
        json.text("image_url", data.empty() ? media.url : data);
    } else if (!data.empty()) {
        json.text("filename", media.filename.empty() ? "file" : media.filename).text("file_data", data);
    } else {
        json.text("file_url", media.url);
    }
    if (image) {
        json.text("detail", media.detail.empty() ? "auto" : media.detail);
    }
    json.end_object();
    return {};
}

/// The parts of what a human, a developer or a tool said, as the elements of an array.
Result<void> write_content(JsonWriter& json, const std::vector<Part>& parts) {
    for (const Part& part : parts) {
        if (const auto* text = std::get_if<TextPart>(&part.value)) {
            json.begin_object().text("type", "input_text").text("text", text->text).end_object();
        } else if (const auto* media = std::get_if<MediaPart>(&part.value)) {
            if (auto written = write_media(json, *media); !written) {
                return written;
            }
        }
    }
    return {};
}

Result<void> write_message(JsonWriter& json, std::string_view role, const std::vector<Part>& parts) {
    json.begin_object().text("type", "message").text("role", role).key("content").begin_array();
    auto written = write_content(json, parts);
    json.end_array().end_object();
    return written;
}

bool is_said(const Part& part) {
    const auto* text = std::get_if<TextPart>(&part.value);
    return (text != nullptr && !text->text.empty()) || std::holds_alternative<RefusalPart>(part.value);
}

bool is_followed(const std::vector<Part>& parts, std::size_t index) {
    return std::any_of(parts.begin() + static_cast<std::ptrdiff_t>(index) + 1, parts.end(),
                       [](const Part& part) { return is_said(part) || std::holds_alternative<ToolCallPart>(part.value); });
}

class InputWriter {
public:
    explicit InputWriter(JsonWriter& json) : json_(json) {}

    Result<void> write(const Turn& turn) {
        switch (turn.role) {
            case Role::Assistant:
                write_assistant(turn.parts);
                return {};
            case Role::Tool:
                return write_results(turn.parts);
            case Role::System:
                return write_message(json_, "developer", turn.parts);
            case Role::User:
                break;
        }
        return write_message(json_, "user", turn.parts);
    }

private:
    void write_assistant(const std::vector<Part>& parts) {
        for (std::size_t i = 0; i < parts.size(); ++i) {
            if (is_said(parts[i])) {
                write_said(parts[i]);
            } else if (const auto* reasoning = std::get_if<ReasoningPart>(&parts[i].value)) {
                // The vendor refuses a thought that nothing follows.
                if (is_followed(parts, i)) {
                    write_reasoning(*reasoning);
                }
            } else if (const auto* call = std::get_if<ToolCallPart>(&parts[i].value)) {
                write_call(*call);
            }
        }
    }

    /// As an input message: the form with parts is for messages that the vendor knows by their id (OpenAI's API description,
    /// `EasyInputMessage` and `OutputMessage`), and refusals have no other.
    void write_said(const Part& part) {
        json_.begin_object().text("type", "message").text("role", "assistant");
        if (const auto* text = std::get_if<TextPart>(&part.value)) {
            json_.text("content", text->text);
        } else {
            json_.key("content").begin_array().begin_object();
            json_.text("type", "refusal").text("refusal", std::get<RefusalPart>(part.value).text);
            json_.end_object().end_array();
        }
        json_.end_object();
    }

    /// Without its seal the vendor would look for what it was told not to store.
    void write_reasoning(const ReasoningPart& reasoning) {
        if (reasoning.origin != Origin::OpenAi || reasoning.seal.empty()) {
            return;
        }
        json_.begin_object().text("type", "reasoning");
        if (!reasoning.id.empty()) {
            json_.text("id", reasoning.id);
        }
        json_.key("summary").begin_array();
        if (!reasoning.text.empty()) {
            json_.begin_object().text("type", "summary_text").text("text", reasoning.text).end_object();
        }
        json_.end_array().text("encrypted_content", reasoning.seal).end_object();
    }

    void write_call(const ToolCallPart& call) {
        if (call.custom) {
            custom_calls_.insert(call.id);
        }
        json_.begin_object().text("type", call.custom ? "custom_tool_call" : "function_call");
        json_.text("call_id", call.id).text("name", call.name);
        json_.text(call.custom ? "input" : "arguments", call.arguments).end_object();
    }

    Result<void> write_results(const std::vector<Part>& parts) {
        for (const Part& part : parts) {
            if (const auto* result = std::get_if<ToolResultPart>(&part.value)) {
                if (auto written = write_result(*result); !written) {
                    return written;
                }
            }
        }
        return {};
    }

    Result<void> write_result(const ToolResultPart& result) {
        const bool custom = custom_calls_.contains(result.call_id);
        json_.begin_object().text("type", custom ? "custom_tool_call_output" : "function_call_output");
        json_.text("call_id", result.call_id).key("output");
        const std::string_view prefix = result.is_error ? "Error: " : "";
        const TextPart* only = result.content.size() == 1 ? std::get_if<TextPart>(&result.content.front().value) : nullptr;
        if (only != nullptr || result.content.empty()) {
            json_.text(std::string(prefix).append(only == nullptr ? std::string_view() : only->text)).end_object();
            return {};
        }
        json_.begin_array();
        if (!prefix.empty()) {
            json_.begin_object().text("type", "input_text").text("text", prefix).end_object();
        }
        auto written = write_content(json_, result.content);
        json_.end_array().end_object();
        return written;
    }

    JsonWriter& json_;
    std::unordered_set<std::string> custom_calls_;
};

/// Its texts, when nothing else is in it.
std::string instructions_of(const Turn& turn) {
    std::string instructions;
    for (const Part& part : turn.parts) {
        const auto* text = std::get_if<TextPart>(&part.value);
        if (turn.role != Role::System || text == nullptr) {
            return {};
        }
        instructions += instructions.empty() || text->text.empty() ? "" : kBetweenInstructions;
        instructions += text->text;
    }
    return instructions;
}

}  // namespace

Result<void> write_turns(JsonWriter& json, const std::vector<Turn>& turns) {
    // A request of instructions alone would have no input.
    const std::string instructions = turns.size() > 1 ? instructions_of(turns.front()) : std::string();
    if (!instructions.empty()) {
        json.text("instructions", instructions);
    }
    json.key("input").begin_array();
    InputWriter writer(json);
    for (std::size_t i = instructions.empty() ? 0 : 1; i < turns.size(); ++i) {
        if (auto written = writer.write(turns[i]); !written) {
            return written;
        }
    }
    json.end_array();
    return {};
}

}  // namespace tierway::dialect::responses
