#include "dialect/anthropic/write_blocks.hpp"

#include "dialect/anthropic/tool_call_id.hpp"
#include "dialect/call_arguments.hpp"
#include "dialect/request_errors.hpp"

namespace tierway::dialect::anthropic {

Result<void> BlockWriter::write_content(const LaidOutMessage& message) {
    json_.begin_array();
    for (const std::vector<const Part*>* const parts : {&message.results, &message.parts}) {
        for (const Part* const part : *parts) {
            if (auto written = write_part(*part, message.role); !written) {
                return written.error();
            }
        }
    }
    json_.end_array();
    return {};
}

Result<void> BlockWriter::write_system(const std::vector<const Part*>& texts, std::string_view instruction) {
    json_.begin_array();
    for (const Part* const part : texts) {
        if (auto written = write_part(*part, Role::System); !written) {
            return written.error();
        }
    }
    if (!instruction.empty()) {
        write_text(instruction, {});
    }
    json_.end_array();
    return {};
}

Result<void> BlockWriter::write_part(const Part& part, Role role) {
    if (const auto* text = std::get_if<TextPart>(&part.value)) {
        write_text(text->text, part.cache_control);
    } else if (const auto* refusal = std::get_if<RefusalPart>(&part.value)) {
        write_text(refusal->text, part.cache_control);
    } else if (const auto* media = std::get_if<MediaPart>(&part.value)) {
        if (role != Role::User) {
            return unsupported_parameter("messages", "The models that would answer read images and files in the user's messages "
                                                     "only; put them there.");
        }
        return write_media(*media, part.cache_control);
    } else if (const auto* result = std::get_if<ToolResultPart>(&part.value)) {
        return write_result(*result, part.cache_control);
    } else if (const auto* call = std::get_if<ToolCallPart>(&part.value)) {
        write_call(*call, part.cache_control);
    } else if (const auto* reasoning = std::get_if<ReasoningPart>(&part.value); reasoning != nullptr && keep_reasoning_) {
        write_reasoning(*reasoning);
    }
    return {};
}

void BlockWriter::end_block(const JsonText& cache_control) {
    if (!cache_control.empty()) {
        json_.raw("cache_control", cache_control);
    }
    json_.end_object();
}

void BlockWriter::write_text(std::string_view text, const JsonText& cache_control) {
    json_.begin_object().text("type", "text").text("text", text);
    end_block(cache_control);
}

Result<void> BlockWriter::write_media(const MediaPart& media, const JsonText& cache_control) {
    if (media.kind == MediaPart::Kind::Audio) {
        return unsupported_parameter("messages", "The models that would answer cannot hear; send a transcript of the sound.");
    }
    if (media.data.empty() && media.url.empty()) {
        return unsupported_parameter("messages", "A file is named by its id, which another provider holds; send the file itself.");
    }
    const bool image = media.kind == MediaPart::Kind::Image;
    if (!image && !media.data.empty() && !media.media_type.empty() && media.media_type != "application/pdf") {
        return unsupported_parameter("messages", "The models that would answer read no file of type '" + media.media_type +
                                                     "'; send a PDF, or its text.");
    }
    json_.begin_object().text("type", image ? "image" : "document").key("source").begin_object();
    if (media.data.empty()) {
        json_.text("type", "url").text("url", media.url);
    } else {
        const std::string_view assumed = image ? "image/png" : "application/pdf";
        json_.text("type", "base64").text("media_type", media.media_type.empty() ? assumed : media.media_type);
        json_.text("data", media.data);
    }
    json_.end_object();
    if (!image && !media.filename.empty()) {
        json_.text("title", media.filename);
    }
    end_block(cache_control);
    return {};
}

Result<void> BlockWriter::write_result(const ToolResultPart& result, const JsonText& cache_control) {
    json_.begin_object().text("type", "tool_result").text("tool_use_id", tool_call_id(result.call_id));
    bool opened = false;
    for (const Part& part : result.content) {
        const auto* text = std::get_if<TextPart>(&part.value);
        if (text != nullptr && text->text.empty()) {
            continue;
        }
        if (!opened) {
            json_.key("content").begin_array();
            opened = true;
        }
        if (auto written = write_part(part, Role::User); !written) {
            return written.error();
        }
    }
    if (opened) {
        json_.end_array();
    }
    if (result.is_error) {
        json_.boolean("is_error", true);
    }
    end_block(cache_control);
    return {};
}

void BlockWriter::write_reasoning(const ReasoningPart& reasoning) {
    json_.begin_object();
    if (reasoning.hidden) {
        json_.text("type", "redacted_thinking").text("data", reasoning.seal);
    } else {
        json_.text("type", "thinking").text("thinking", reasoning.text).text("signature", reasoning.seal);
    }
    json_.end_object();
}

void BlockWriter::write_call(const ToolCallPart& call, const JsonText& cache_control) {
    json_.begin_object().text("type", "tool_use").text("id", tool_call_id(call.id)).text("name", call.name);
    json_.raw("input", arguments_object(call, parser_, scratch_));
    end_block(cache_control);
}

}  // namespace tierway::dialect::anthropic
