#include "tierway/dialect/native_edits.hpp"

#include "dialect/member_edit.hpp"

namespace tierway::dialect {
namespace {

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
