#include "tierway/dialect/native_edits.hpp"

#include <string>

#include "dialect/array_edit.hpp"
#include "dialect/member_edit.hpp"
#include "dialect/responses/item_ids.hpp"
#include "tierway/dialect/seal.hpp"

namespace tierway::dialect {
namespace {

/// Whether a seal is another family's, or none at all.
bool is_foreign(const wire::JsonValue& seal, Origin family) {
    std::string scratch;
    const std::string_view text = seal.string(scratch);
    return text.empty() || read_seal(text, family).origin != family;
}

/// A thought that Anthropic's API would refuse: of a model of another family.
bool is_foreign_block(const wire::JsonValue& block) {
    const wire::JsonValue type = block.find("type");
    return (type.string_is("thinking") && is_foreign(block.find("signature"), Origin::Anthropic)) ||
           (type.string_is("redacted_thinking") && is_foreign(block.find("data"), Origin::Anthropic));
}

/// Likewise of the Responses API, which looks for what has an id of its own and no seal.
bool is_foreign_item(const wire::JsonValue& item) {
    if (!item.find("type").string_is("reasoning")) {
        return false;
    }
    const wire::JsonValue sealed = item.find("encrypted_content");
    if (sealed.is_string()) {
        return is_foreign(sealed, Origin::OpenAi);
    }
    std::string scratch;
    const std::string_view id = item.find("id").string(scratch);
    return id.empty() || responses::is_made_item_id(id);
}

/// An answer of nothing but foreign thoughts goes whole, since the API takes no empty one.
void remove_foreign_blocks(const wire::JsonValue& messages, wire::Edits& edits) {
    const auto has_own = [](const wire::JsonValue& content) {
        for (const wire::JsonValue block : content) {
            if (!is_foreign_block(block)) {
                return true;
            }
        }
        return !content.is_array() || content.size() == 0;
    };
    remove_elements(messages, [&](const wire::JsonValue& message) { return !has_own(message.find("content")); }, edits);
    for (const wire::JsonValue message : messages) {
        if (const wire::JsonValue content = message.find("content"); content.is_array() && has_own(content)) {
            remove_elements(content, is_foreign_block, edits);
        }
    }
}

void replace_every(const wire::JsonValue& object, std::string_view name, std::string_view json, wire::Edits& edits) {
    for (const wire::JsonValue member : object) {
        if (member.key_is(name)) {
            edits.replace(member.range(), json);
        }
    }
}

}  // namespace

void edit_native_request(const wire::JsonValue& body, std::string_view model, std::string_view output_limit, wire::Edits& edits) {
    replace_every(body, "model", model, edits);
    if (const wire::JsonValue messages = body.find("messages"); messages.is_array()) {
        remove_foreign_blocks(messages, edits);
    }
    if (const wire::JsonValue input = body.find("input"); input.is_array()) {
        remove_elements(input, is_foreign_item, edits);
    }
    if (!output_limit.empty()) {
        write_member(body, output_limit, edits);
    }
}

void edit_native_answer(const wire::JsonValue& body, std::string_view model, wire::Edits& edits) {
    replace_every(body, "model", model, edits);
    replace_every(body.find("message"), "model", model, edits);
    replace_every(body.find("response"), "model", model, edits);
}

std::string_view output_limit_field_of(Dialect dialect) noexcept {
    return dialect == Dialect::Responses ? "max_output_tokens" : "max_tokens";
}

}  // namespace tierway::dialect
