#include "dialect/anthropic/read_blocks.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "dialect/anthropic/read_members.hpp"
#include "dialect/request_errors.hpp"
#include "tierway/dialect/seal.hpp"

namespace tierway::dialect::anthropic {
namespace {

constexpr unsigned bit(BlockReader::Place place) noexcept {
    return static_cast<unsigned>(place);
}

void append_line(std::string& text, std::string_view line) {
    if (!line.empty()) {
        text.append(text.empty() ? "" : "\n").append(line);
    }
}

}  // namespace

struct BlockReader::KnownBlock {
    std::string_view type;
    unsigned places;
    Read read;
};

Result<void> BlockReader::read_content(const wire::JsonValue& content, Place place, const MemberPath& path,
                                       std::vector<Part>& parts) {
    if (content.is_string()) {
        if (!content.string_is("")) {
            parts.push_back({TextPart{content.to_string()}, {}});
        }
        return {};
    }
    if (!content.is_array()) {
        return content.exists() ? invalid_type(path.text(), "a string or an array of content blocks", content)
                                : missing_parameter(path.text(), "a string or an array of content blocks");
    }
    std::size_t index = 0;
    for (const wire::JsonValue block : content) {
        if (auto read = read_block(block, place, MemberPath(path, index), parts); !read) {
            return read.error();
        }
        ++index;
    }
    return {};
}

Result<void> BlockReader::read_block(const wire::JsonValue& block, Place place, const MemberPath& path, std::vector<Part>& parts) {
    static constexpr unsigned kNotAssistant = bit(Place::User) | bit(Place::ToolResult);
    static constexpr std::array<KnownBlock, 8> kKnown{{
        {"text", kNotAssistant | bit(Place::Assistant), &BlockReader::read_text},
        {"tool_use", bit(Place::Assistant), &BlockReader::read_tool_use},
        {"tool_result", bit(Place::User), &BlockReader::read_tool_result},
        {"thinking", bit(Place::Assistant), &BlockReader::read_thinking},
        {"redacted_thinking", bit(Place::Assistant), &BlockReader::read_redacted_thinking},
        {"image", kNotAssistant, &BlockReader::read_image},
        {"document", kNotAssistant, &BlockReader::read_document},
        {"search_result", kNotAssistant, &BlockReader::read_search_result},
    }};
    if (!block.is_object()) {
        return invalid_type(path.text(), "an object with a 'type'", block);
    }
    const MemberPath type_path(path, "type");
    const wire::JsonValue type = block.find("type");
    if (!type.is_string()) {
        return type.exists() ? invalid_type(type_path.text(), "a string", type)
                             : missing_parameter(type_path.text(), "a string such as \"text\"");
    }
    const auto* const known =
        std::find_if(kKnown.begin(), kKnown.end(), [&type](const KnownBlock& each) { return type.string_is(each.type); });
    if (known == kKnown.end()) {
        // What the vendor's own tools left in the history, or a block that is newer than this gateway.
        note_native(conversation_, path);
        return {};
    }
    if ((known->places & bit(place)) == 0) {
        return invalid_value(type_path.text(), "'" + std::string(known->type) + "' is not allowed in " +
                                                   (place == Place::Assistant ? "an assistant message"
                                                    : place == Place::User    ? "a user message"
                                                                              : "a tool result"));
    }
    const std::size_t before = parts.size();
    if (auto read = (this->*known->read)(block, path, parts); !read) {
        return read.error();
    }
    if (parts.size() > before) {
        parts.back().cache_control = cache_mark_of(block);
    }
    return {};
}

Result<void> BlockReader::read_text(const wire::JsonValue& block, const MemberPath& path, std::vector<Part>& parts) {
    Result<std::string> text = read_string(block, "text", path);
    if (!text) {
        return text.error();
    }
    if (!text->empty()) {
        parts.push_back({TextPart{std::move(*text)}, {}});
    }
    return {};
}

Result<void> BlockReader::read_source(const wire::JsonValue& source, const MemberPath& path, MediaPart& media) {
    const MemberPath source_path(path, "source");
    if (!source.is_object()) {
        return source.exists() ? invalid_type(source_path.text(), "an object", source)
                               : missing_parameter(source_path.text(), "an object with a 'type'");
    }
    const wire::JsonValue type = source.find("type");
    std::string_view member = "data";
    std::string MediaPart::*kept = &MediaPart::data;
    if (type.string_is("base64")) {
        Result<std::string> media_type = read_name(source, "media_type", source_path);
        if (!media_type) {
            return media_type.error();
        }
        media.media_type = std::move(*media_type);
    } else if (type.string_is("url")) {
        member = "url";
        kept = &MediaPart::url;
    } else if (type.string_is("file")) {
        note_native(conversation_, source_path);
        member = "file_id";
        kept = &MediaPart::file_id;
    } else {
        return invalid_value(MemberPath(source_path, "type").text(), media.kind == MediaPart::Kind::Image
                                                                         ? "must be one of base64, url or file"
                                                                         : "must be one of base64, text, content, url or file");
    }
    Result<std::string> value = read_name(source, member, source_path);
    if (!value) {
        return value.error();
    }
    media.*kept = std::move(*value);
    return {};
}

Result<void> BlockReader::read_image(const wire::JsonValue& block, const MemberPath& path, std::vector<Part>& parts) {
    MediaPart media;
    if (auto read = read_source(block.find("source"), path, media); !read) {
        return read.error();
    }
    parts.push_back({std::move(media), {}});
    return {};
}

/// Answers that quote by position are a form of their own, which no other dialect has.
Result<void> BlockReader::note_citations(const wire::JsonValue& block, const MemberPath& path) {
    const MemberPath citations_path(path, "citations");
    const wire::JsonValue citations = block.find("citations");
    if (is_stated(citations) && !citations.is_object()) {
        return invalid_type(citations_path.text(), "an object", citations);
    }
    if (citations.find("enabled").boolean().value_or(false)) {
        note_native(conversation_, citations_path);
    }
    return {};
}

/// A document that is text is one to every model; its title and context stand before it.
Result<void> BlockReader::read_document(const wire::JsonValue& block, const MemberPath& path, std::vector<Part>& parts) {
    if (auto noted = note_citations(block, path); !noted) {
        return noted.error();
    }
    Result<std::string> title = read_optional_string(block, "title", path);
    const Result<std::string> context = read_optional_string(block, "context", path);
    if (!title || !context) {
        return title ? context.error() : title.error();
    }
    const wire::JsonValue source = block.find("source");
    const MemberPath source_path(path, "source");
    std::string text;
    if (source.find("type").string_is("text")) {
        const Result<std::string> data = read_string(source, "data", source_path);
        if (!data) {
            return data.error();
        }
        append_line(text, *title);
        append_line(text, *context);
        append_line(text, *data);
    } else if (source.find("type").string_is("content")) {
        append_line(text, *title);
        append_line(text, *context);
        if (!text.empty()) {
            parts.push_back({TextPart{std::move(text)}, {}});
        }
        return read_content(source.find("content"), Place::ToolResult, MemberPath(source_path, "content"), parts);
    } else {
        MediaPart media;
        media.kind = MediaPart::Kind::File;
        if (auto read = read_source(source, path, media); !read) {
            return read.error();
        }
        media.filename = std::move(*title);
        if (!context->empty()) {
            parts.push_back({TextPart{*context}, {}});
        }
        parts.push_back({std::move(media), {}});
        return {};
    }
    if (!text.empty()) {
        parts.push_back({TextPart{std::move(text)}, {}});
    }
    return {};
}

Result<void> BlockReader::read_search_result(const wire::JsonValue& block, const MemberPath& path, std::vector<Part>& parts) {
    if (auto noted = note_citations(block, path); !noted) {
        return noted.error();
    }
    const Result<std::string> title = read_string(block, "title", path);
    const Result<std::string> source = read_string(block, "source", path);
    if (!title || !source) {
        return title ? source.error() : title.error();
    }
    std::vector<Part> pieces;
    if (auto read = read_content(block.find("content"), Place::ToolResult, MemberPath(path, "content"), pieces); !read) {
        return read.error();
    }
    std::string text = *title;
    append_line(text, *source);
    for (const Part& piece : pieces) {
        if (const auto* words = std::get_if<TextPart>(&piece.value)) {
            append_line(text, words->text);
        }
    }
    if (!text.empty()) {
        parts.push_back({TextPart{std::move(text)}, {}});
    }
    return {};
}

Result<void> BlockReader::read_thinking(const wire::JsonValue& block, const MemberPath& path, std::vector<Part>& parts) {
    Result<std::string> text = read_string(block, "thinking", path);
    const Result<std::string> signature = read_optional_string(block, "signature", path);
    if (!text || !signature) {
        return text ? signature.error() : text.error();
    }
    ReasoningPart reasoning;
    reasoning.text = std::move(*text);
    if (!signature->empty()) {
        const UntaggedSeal seal = read_seal(*signature, Origin::Anthropic);
        reasoning.seal = seal.seal;
        reasoning.hidden = seal.hidden;
        reasoning.origin = seal.origin;
    }
    // Without a signature no Anthropic model thought it: whose it is, is not known.
    parts.push_back({std::move(reasoning), {}});
    return {};
}

Result<void> BlockReader::read_redacted_thinking(const wire::JsonValue& block, const MemberPath& path, std::vector<Part>& parts) {
    const Result<std::string> data = read_name(block, "data", path);
    if (!data) {
        return data.error();
    }
    const UntaggedSeal seal = read_seal(*data, Origin::Anthropic);
    ReasoningPart reasoning;
    reasoning.seal = seal.seal;
    reasoning.hidden = true;
    reasoning.origin = seal.origin;
    parts.push_back({std::move(reasoning), {}});
    return {};
}

/// Gemini's signature on the call that follows, which stands before it as a hidden thought (`write_reply`).
std::string BlockReader::take_call_signature(std::vector<Part>& parts) {
    auto* const thought = parts.empty() ? nullptr : std::get_if<ReasoningPart>(&parts.back().value);
    if (thought == nullptr || thought->origin != Origin::Gemini || !thought->hidden) {
        return {};
    }
    std::string signature = std::move(thought->seal);
    parts.pop_back();
    return signature;
}

Result<void> BlockReader::read_tool_use(const wire::JsonValue& block, const MemberPath& path, std::vector<Part>& parts) {
    Result<std::string> id = read_name(block, "id", path);
    Result<std::string> name = read_name(block, "name", path);
    if (!id || !name) {
        return id ? name.error() : id.error();
    }
    const wire::JsonValue input = block.find("input");
    if (!input.is_object()) {
        const std::string param = MemberPath(path, "input").text();
        return input.exists() ? invalid_type(param, "an object", input) : missing_parameter(param, "an object");
    }
    call_names_.insert_or_assign(*id, *name);
    ToolCallPart call;
    call.id = std::move(*id);
    call.name = std::move(*name);
    call.arguments = input.raw();
    call.seal = take_call_signature(parts);
    parts.push_back({std::move(call), {}});
    return {};
}

Result<void> BlockReader::read_tool_result(const wire::JsonValue& block, const MemberPath& path, std::vector<Part>& parts) {
    Result<std::string> id = read_name(block, "tool_use_id", path);
    const Result<std::optional<bool>> is_error = read_optional_boolean(block, "is_error", path);
    if (!id || !is_error) {
        return id ? is_error.error() : id.error();
    }
    ToolResultPart result;
    if (const auto called = call_names_.find(*id); called != call_names_.end()) {
        result.name = called->second;
    }
    result.call_id = std::move(*id);
    result.is_error = is_error->value_or(false);
    if (const wire::JsonValue content = block.find("content"); is_stated(content)) {
        if (auto read = read_content(content, Place::ToolResult, MemberPath(path, "content"), result.content); !read) {
            return read.error();
        }
    }
    parts.push_back({std::move(result), {}});
    return {};
}

}  // namespace tierway::dialect::anthropic
