#include "dialect/answer_parts.hpp"
#include "tierway/base/json_text.hpp"
#include "tierway/dialect/chat_compatibility.hpp"

namespace tierway::dialect {
namespace {

/// The value of `content`, and behind it a member with the thought, when there is any.
std::string plain_content(const wire::JsonValue& parts) {
    std::string text;
    append_content(parts, text);
    std::string thought;
    for (const wire::JsonValue part : parts) {
        if (part.find("type").string_is("thinking")) {
            append_content(part.find("thinking"), thought);
        }
    }
    std::string plain = "null";
    if (!text.empty()) {
        plain.clear();
        append_json_string(plain, text);
    }
    if (!thought.empty()) {
        plain += R"(,"reasoning_content":)";
        append_json_string(plain, thought);
    }
    return plain;
}

}  // namespace

void edit_content_parts(const wire::JsonValue& body, wire::Edits& edits, std::list<std::string>& texts) {
    for (const wire::JsonValue choice : body.find("choices")) {
        for (const std::string_view name : {"message", "delta"}) {
            const wire::JsonValue content = choice.find(name).find("content");
            if (content.is_array()) {
                edits.replace(content.range(), texts.emplace_back(plain_content(content)));
            }
        }
    }
}

}  // namespace tierway::dialect
