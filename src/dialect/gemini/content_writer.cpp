#include "dialect/gemini/content_writer.hpp"

#include "dialect/call_arguments.hpp"
#include "dialect/media_names.hpp"
#include "dialect/request_loss.hpp"

namespace tierway::dialect::gemini {
namespace {

/// The API's own word for a call in a history that no Gemini model made.
constexpr std::string_view kNoSignature = "skip_thought_signature_validator";

std::string media_type_of(const MediaPart& media) {
    if (media.kind == MediaPart::Kind::Audio && !media.media_type.empty() && media.media_type.find('/') == std::string::npos) {
        return "audio/" + media.media_type;
    }
    if (!media.media_type.empty()) {
        return media.media_type;
    }
    return std::string(media_type_of_name(media.filename.empty() ? media.url : media.filename));
}

}  // namespace

bool is_written(const Part& part) {
    if (const auto* text = std::get_if<TextPart>(&part.value)) {
        return !text->text.empty();
    }
    if (const auto* refusal = std::get_if<RefusalPart>(&part.value)) {
        return !refusal->text.empty();
    }
    if (const auto* reasoning = std::get_if<ReasoningPart>(&part.value)) {
        return reasoning->origin == Origin::Gemini && !reasoning->seal.empty();
    }
    return true;
}

Result<void> ContentWriter::write_parts(const std::vector<const Part*>& parts) {
    for (const Part* part : parts) {
        if (auto written = write_part(*part); !written) {
            return written;
        }
    }
    return {};
}

Result<void> ContentWriter::write_message(const LaidOutMessage& message) {
    signed_call_ = false;
    json_.begin_object().text("role", message.role == Role::Assistant ? "model" : "user").key("parts").begin_array();
    if (auto written = write_results(message.results); !written) {
        return written;
    }
    if (auto written = write_parts(message.parts); !written) {
        return written;
    }
    json_.end_array().end_object();
    return {};
}

Result<void> ContentWriter::write_part(const Part& part) {
    if (!part.cache_control.empty()) {
        omit(omissions_, "cache_control");
    }
    if (const auto* text = std::get_if<TextPart>(&part.value)) {
        json_.begin_object().text("text", text->text).end_object();
    } else if (const auto* refusal = std::get_if<RefusalPart>(&part.value)) {
        json_.begin_object().text("text", refusal->text).end_object();
    } else if (const auto* media = std::get_if<MediaPart>(&part.value)) {
        return write_media(*media);
    } else if (const auto* reasoning = std::get_if<ReasoningPart>(&part.value)) {
        write_reasoning(*reasoning);
    } else if (const auto* call = std::get_if<ToolCallPart>(&part.value)) {
        write_call(*call);
    }
    return {};
}

Result<void> ContentWriter::write_media(const MediaPart& media) {
    if (!media.detail.empty() && media.detail != "auto") {
        omit(omissions_, "detail");
    }
    if (!media.data.empty()) {
        json_.begin_object();
        write_inline_data(media);
        json_.end_object();
        return {};
    }
    if (media.url.empty()) {
        return unsupported_parameter("messages", "The model that would answer cannot read a file by the id that it has at another "
                                                 "provider. Send its bytes or its https address.");
    }
    json_.begin_object().key("fileData").begin_object();
    if (const std::string type = media_type_of(media); !type.empty()) {
        json_.text("mimeType", type);
    }
    json_.text("fileUri", media.url).end_object().end_object();
    return {};
}

void ContentWriter::write_inline_data(const MediaPart& media) {
    const std::string type = media_type_of(media);
    json_.key("inlineData").begin_object().text("mimeType", type.empty() ? "application/octet-stream" : type);
    json_.text("data", media.data).end_object();
}

void ContentWriter::write_reasoning(const ReasoningPart& reasoning) {
    // A seal alone came with a part that was no thought: the API takes it back with an empty text.
    json_.begin_object().text("text", reasoning.text);
    if (!reasoning.text.empty()) {
        json_.boolean("thought", true);
    }
    json_.text("thoughtSignature", reasoning.seal).end_object();
}

void ContentWriter::write_call(const ToolCallPart& call) {
    json_.begin_object().key("functionCall").begin_object();
    if (!call.id.empty()) {
        json_.text("id", call.id);
    }
    json_.text("name", call.name).raw("args", arguments_object(call, parser_, scratch_)).end_object();
    if (!call.seal.empty()) {
        json_.text("thoughtSignature", call.seal);
    } else if (third_generation_ && !signed_call_) {
        json_.text("thoughtSignature", kNoSignature);
    }
    signed_call_ = true;
    json_.end_object();
}

Result<void> ContentWriter::write_results(const std::vector<const Part*>& results) {
    std::vector<const MediaPart*> beside;
    for (const Part* part : results) {
        if (!part->cache_control.empty()) {
            omit(omissions_, "cache_control");
        }
        if (auto written = write_result(std::get<ToolResultPart>(part->value), beside); !written) {
            return written;
        }
    }
    for (const MediaPart* media : beside) {
        if (auto written = write_media(*media); !written) {
            return written;
        }
    }
    return {};
}

Result<void> ContentWriter::write_result(const ToolResultPart& result, std::vector<const MediaPart*>& beside) {
    std::string text;
    std::vector<const MediaPart*> inside;
    for (const Part& part : result.content) {
        if (const auto* words = std::get_if<TextPart>(&part.value)) {
            text += words->text;
        } else if (const auto* media = std::get_if<MediaPart>(&part.value)) {
            (third_generation_ && !media->data.empty() ? inside : beside).push_back(media);
        }
    }
    json_.begin_object().key("functionResponse").begin_object();
    if (!result.call_id.empty()) {
        json_.text("id", result.call_id);
    }
    // A result without a call in the history: the API wants some name.
    json_.text("name", !result.name.empty() ? result.name : !result.call_id.empty() ? result.call_id : "tool");
    write_response(text, result.is_error);
    if (!inside.empty()) {
        json_.key("parts").begin_array();
        for (const MediaPart* media : inside) {
            json_.begin_object();
            write_inline_data(*media);
            json_.end_object();
        }
        json_.end_array();
    }
    json_.end_object().end_object();
    return {};
}

void ContentWriter::write_response(std::string_view text, bool is_error) {
    const bool is_object = is_json_object(text, parser_);
    if (is_object && !is_error) {
        json_.raw("response", text);
        return;
    }
    json_.key("response").begin_object().key(is_error ? "error" : "result");
    if (is_object) {
        json_.raw(text);
    } else {
        json_.text(text);
    }
    json_.end_object();
}

}  // namespace tierway::dialect::gemini
