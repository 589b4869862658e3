#include "tierway/dialect/chat_stream.hpp"

namespace tierway::dialect {
namespace {

void null_logprobs(const wire::JsonValue& choices, wire::Edits& edits) {
    for (const wire::JsonValue choice : choices) {
        for (const wire::JsonValue member : choice) {
            if (member.key_is("logprobs") && !member.is_null()) {
                edits.replace(member.range(), "null");
            }
        }
    }
}

}  // namespace

void edit_answer(const wire::JsonValue& body, const AnswerEdits& wanted, wire::Edits& edits) {
    if (!body.is_object()) {
        return;
    }
    wire::JsonValue model;
    std::string scratch;
    for (const wire::JsonValue member : body) {
        const std::string_view key = member.key(scratch);
        if (key == "model") {
            model = member;
        } else if (key == "usage" && wanted.strip_usage) {
            edits.remove_member(body, member);
        } else if (key == "choices" && wanted.strip_logprobs) {
            null_logprobs(member, edits);
        }
    }
    if (wanted.model.empty()) {
        return;
    }
    if (model.exists()) {
        edits.replace(model.range(), wanted.model);
    } else {
        edits.append_member(body, R"("model":)");
        edits.insert(body.range().end - 1, wanted.model);
    }
}

}  // namespace tierway::dialect
