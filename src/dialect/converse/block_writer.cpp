#include "dialect/converse/block_writer.hpp"

#include <algorithm>
#include <array>

#include "dialect/call_arguments.hpp"
#include "dialect/media_names.hpp"
#include "dialect/request_loss.hpp"
#include "tierway/base/sha256.hpp"

namespace tierway::dialect::converse {
namespace {

constexpr std::array<std::string_view, 4> kImageFormats = {"png", "jpeg", "gif", "webp"};
constexpr std::array<std::string_view, 9> kDocumentFormats = {"pdf", "csv", "doc", "docx", "xls", "xlsx", "html", "txt", "md"};
constexpr std::array<std::string_view, 7> kAudioFormats = {"mp3", "wav", "flac", "aac", "ogg", "opus", "m4a"};

template <std::size_t N>
bool is_listed(const std::array<std::string_view, N>& formats, std::string_view format) {
    return std::find(formats.begin(), formats.end(), format) != formats.end();
}

bool is_letter_or_digit(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_blank(std::string_view text) noexcept {
    return text.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos;
}

Error not_by_bytes(const MediaPart& media) {
    if (!media.file_id.empty()) {
        return unsupported_parameter("messages", "The model that would answer cannot read a file by the id that it has at another "
                                                 "provider. Send its bytes.");
    }
    return unsupported_parameter("messages", "The model that would answer does not fetch pictures and files. Send their bytes, as "
                                             "a 'data:' URL.");
}

Error unknown_format(std::string_view what, std::string_view formats) {
    return unsupported_parameter("messages", "The model that would answer takes " + std::string(what) + " of the formats " +
                                                 std::string(formats) + " only.");
}

}  // namespace

bool is_written(const Part& part) {
    if (const auto* text = std::get_if<TextPart>(&part.value)) {
        return !is_blank(text->text);
    }
    if (const auto* refusal = std::get_if<RefusalPart>(&part.value)) {
        return !is_blank(refusal->text);
    }
    if (const auto* reasoning = std::get_if<ReasoningPart>(&part.value)) {
        return reasoning->origin == Origin::Anthropic && !reasoning->seal.empty();
    }
    return true;
}

bool is_written_beside_reasoning(const Part& part) {
    return is_written(part) && !std::holds_alternative<ReasoningPart>(part.value);
}

std::string tool_use_id(std::string_view id) {
    constexpr std::size_t kBytesMax = 64;
    constexpr std::size_t kDigits = 32;
    const bool taken = !id.empty() && id.size() <= kBytesMax && std::all_of(id.begin(), id.end(), [](char c) {
        return is_letter_or_digit(c) || c == '_' || c == '.' || c == ':' || c == '-';
    });
    return taken ? std::string(id) : "tooluse_" + hex_of(sha256(id)).substr(0, kDigits);
}

void BlockWriter::write_system(const std::vector<const Part*>& texts, std::string_view instruction) {
    json_.key("system").begin_array();
    for (const Part* part : texts) {
        if (const auto* text = std::get_if<TextPart>(&part->value)) {
            write_text(text->text);
            write_cache_point(part->cache_control);
        }
    }
    if (!instruction.empty()) {
        write_text(instruction);
    }
    json_.end_array();
}

Result<void> BlockWriter::write_message(const LaidOutMessage& message) {
    const std::string_view role =
        message.role == Role::Assistant ? "assistant" : message.role == Role::System ? "system" : "user";
    json_.begin_object().text("role", role).key("content").begin_array();
    for (const std::vector<const Part*>* parts : {&message.results, &message.parts}) {
        for (const Part* part : *parts) {
            if (auto written = write_part(*part); !written) {
                return written;
            }
            write_cache_point(part->cache_control);
        }
    }
    json_.end_array().end_object();
    return {};
}

Result<void> BlockWriter::write_part(const Part& part) {
    if (const auto* text = std::get_if<TextPart>(&part.value)) {
        write_text(text->text);
    } else if (const auto* refusal = std::get_if<RefusalPart>(&part.value)) {
        write_text(refusal->text);
    } else if (const auto* media = std::get_if<MediaPart>(&part.value)) {
        return write_media(*media);
    } else if (const auto* reasoning = std::get_if<ReasoningPart>(&part.value)) {
        write_reasoning(*reasoning);
    } else if (const auto* call = std::get_if<ToolCallPart>(&part.value)) {
        write_call(*call);
    } else if (const auto* result = std::get_if<ToolResultPart>(&part.value)) {
        return write_result(*result);
    }
    return {};
}

void BlockWriter::write_text(std::string_view text) {
    json_.begin_object().text("text", text).end_object();
}

Result<void> BlockWriter::write_media(const MediaPart& media) {
    if (media.data.empty()) {
        return not_by_bytes(media);
    }
    if (!media.detail.empty() && media.detail != "auto") {
        omit(omissions_, "detail");
    }
    if (media.kind == MediaPart::Kind::File) {
        return write_document(media);
    }
    const bool is_image = media.kind == MediaPart::Kind::Image;
    const bool is_format = media.media_type.find('/') == std::string::npos;
    std::string_view format = is_format ? std::string_view(media.media_type) : extension_of(media.media_type);
    if (media.media_type == "image/jpg") {
        format = "jpeg";
    }
    if (is_image && !is_listed(kImageFormats, format)) {
        return unknown_format("pictures", "png, jpeg, gif and webp");
    }
    if (!is_image && !is_listed(kAudioFormats, format)) {
        return unknown_format("sound", "mp3, wav, flac, aac, ogg, opus and m4a");
    }
    json_.begin_object().key(is_image ? "image" : "audio").begin_object().text("format", format);
    json_.key("source").begin_object().text("bytes", media.data).end_object().end_object().end_object();
    return {};
}

Result<void> BlockWriter::write_document(const MediaPart& media) {
    const std::string_view format =
        extension_of(media.media_type.empty() ? media_type_of_name(media.filename) : std::string_view(media.media_type));
    if (is_listed(kImageFormats, format)) {
        MediaPart picture = media;
        picture.kind = MediaPart::Kind::Image;
        return write_media(picture);
    }
    if (!is_listed(kDocumentFormats, format)) {
        return unknown_format("files", "pdf, csv, doc, docx, xls, xlsx, html, txt and md");
    }
    json_.begin_object().key("document").begin_object().text("format", format).text("name", document_name(media.filename));
    json_.key("source").begin_object().text("bytes", media.data).end_object().end_object().end_object();
    return {};
}

std::string BlockWriter::document_name(std::string_view filename) {
    // The API takes letters, digits, hyphens, round and square brackets and single spaces, and each name once.
    constexpr std::size_t kBytesMax = 180;
    constexpr std::string_view kOthers = "-()[]";
    std::string name;
    for (const char c : filename.substr(0, std::min(filename.rfind('.'), kBytesMax))) {
        if (is_letter_or_digit(c) || kOthers.find(c) != std::string_view::npos) {
            name += c;
        } else if (!name.empty() && name.back() != ' ') {
            name += ' ';
        }
    }
    while (name.ends_with(' ')) {
        name.pop_back();
    }
    if (name.empty()) {
        name = "document";
    }
    const std::string wanted = name;
    for (std::size_t copy = 2; !document_names_.insert(name).second; ++copy) {
        name = wanted + " " + std::to_string(copy);
    }
    return name;
}

void BlockWriter::write_reasoning(const ReasoningPart& reasoning) {
    json_.begin_object().key("reasoningContent").begin_object();
    if (reasoning.hidden) {
        json_.text("redactedContent", reasoning.seal);
    } else {
        json_.key("reasoningText").begin_object().text("text", reasoning.text).text("signature", reasoning.seal).end_object();
    }
    json_.end_object().end_object();
}

void BlockWriter::write_call(const ToolCallPart& call) {
    json_.begin_object().key("toolUse").begin_object().text("toolUseId", tool_use_id(call.id)).text("name", call.name);
    json_.raw("input", arguments_object(call, parser_, scratch_)).end_object().end_object();
}

Result<void> BlockWriter::write_result(const ToolResultPart& result) {
    json_.begin_object().key("toolResult").begin_object().text("toolUseId", tool_use_id(result.call_id));
    json_.key("content").begin_array();
    for (const Part& part : result.content) {
        if (is_written(part)) {
            if (auto written = write_part(part); !written) {
                return written;
            }
        }
    }
    json_.end_array();
    if (result.is_error) {
        json_.text("status", "error");
    }
    json_.end_object().end_object();
    return {};
}

void BlockWriter::write_cache_point(const JsonText& cache_control) {
    if (cache_control.empty()) {
        return;
    }
    if (!takes_cache_points(family_)) {
        omit(omissions_, "cache_control");
        return;
    }
    json_.begin_object().key("cachePoint").begin_object().text("type", "default");
    const Result<wire::JsonValue> mark = parser_.parse(cache_control);
    if (mark && mark->find("ttl").string_is("1h") && family_ == ModelFamily::Claude) {
        json_.text("ttl", "1h");
    }
    json_.end_object().end_object();
}

}  // namespace tierway::dialect::converse
