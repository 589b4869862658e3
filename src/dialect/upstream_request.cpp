#include "tierway/dialect/upstream_request.hpp"

#include "dialect/member_edit.hpp"
#include "dialect/chat/compatibility.hpp"

namespace tierway::dialect {
namespace {

constexpr std::string_view kTrue = "true";

/// Makes every member of that name true, so that a provider which counts another duplicate than we do sees the same.
/// Says whether there was one.
bool make_true(const wire::JsonValue& object, std::string_view name, wire::Edits& edits) {
    bool found = false;
    for (const wire::JsonValue member : object) {
        if (member.key_is(name)) {
            found = true;
            if (member.kind() != wire::JsonKind::True) {
                edits.replace(member.range(), kTrue);
            }
        }
    }
    return found;
}

void force_usage(const wire::JsonValue& body, wire::Edits& edits) {
    const wire::JsonValue options = body.find("stream_options");
    if (!options.exists()) {
        edits.append_member(body, R"("stream_options":{"include_usage":true})");
    } else if (!options.is_object()) {
        edits.replace(options.range(), R"({"include_usage":true})");
    } else if (!make_true(options, "include_usage", edits)) {
        edits.append_member(options, R"("include_usage":true)");
    }
}

}  // namespace

void edit_request(const ChatRequest& request, const RequestEdits& wanted, wire::Edits& edits) {
    edits.replace(request.model.range(), wanted.model);
    if (!wanted.prefill.empty()) {
        // `messages` is never empty, so the comma is right.
        edits.insert(request.messages.range().end - 1, wanted.prefill);
    }
    if (wanted.force_usage) {
        force_usage(request.body, edits);
    }
    if (!wanted.output_limit.empty()) {
        write_member(request.body, wanted.output_limit, edits);
    }
    if (wanted.force_logprobs && !make_true(request.body, "logprobs", edits)) {
        edits.append_member(request.body, R"("logprobs":true)");
    }
}

void edit_request(const ChatRequest& request, const RequestEdits& wanted, const ChatRules& rules, wire::Edits& edits,
                  RequestNotes& notes) {
    RequestEdits possible = wanted;
    possible.force_usage = wanted.force_usage && (rules.vendor == nullptr || rules.vendor->stream_options);
    fit_to_rules(request, rules, wanted.force_logprobs, edits, notes);
    edit_request(request, possible, edits);
}

}  // namespace tierway::dialect
