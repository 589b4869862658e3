#include <algorithm>
#include <utility>

#include "dialect/responses/item_ids.hpp"
#include "dialect/responses/response_object.hpp"
#include "dialect/responses/stream_event.hpp"
#include "tierway/dialect/error_body.hpp"
#include "tierway/dialect/responses.hpp"

// What is said and thought, and the frame around it. Calls are in stream_calls.cpp.

namespace tierway::dialect::responses {

namespace {

using Kind = ReplyEvent::Kind;

void write_text_or_null(JsonWriter& json, std::string_view name, std::string_view text) {
    if (text.empty()) {
        json.null(name);
    } else {
        json.text(name, text);
    }
}

/// Beside the API's flat members the event has them in an object `error`, by which the official SDKs know that they are to throw.
void append_error_event(const Error& error, std::int64_t& sequence, std::string& out) {
    // {"error":{…}}: the members of the envelope that errors before the stream have.
    const std::string envelope = openai_error_body(error);
    constexpr std::string_view kBefore = R"({"error":)";
    const std::string_view inner = std::string_view(envelope).substr(kBefore.size(), envelope.size() - kBefore.size() - 1);
    append_event(out, "error", sequence, [&](JsonWriter& json) {
        write_text_or_null(json, "code", error.code());
        json.text("message", error.message());
        write_text_or_null(json, "param", error.param());
        json.raw("error", inner);
    });
}

}  // namespace

StreamWriter::StreamWriter(std::string_view id, std::string_view model, Echo echo)
    : id_(id), model_(model), echo_(std::move(echo)) {}

std::string StreamWriter::response(std::string_view status, std::string_view disclosure, const Error* error) const {
    std::string output;
    for (const std::string& item : output_) {
        output += output.empty() || item.empty() ? "" : ",";
        output += item;
    }
    ResponseMembers members;
    members.id = id_;
    members.model = model_;
    members.service_tier = service_tier_;
    members.created = created_;
    members.status = status;
    members.finish_reason = finish_reason_;
    members.error = error;
    members.output = output;
    members.usage = status == "in_progress" ? std::nullopt : usage_;
    members.disclosure = disclosure;
    return response_object(members, echo_);
}

void StreamWriter::begin(std::string& out) {
    if (std::exchange(begun_, true)) {
        return;
    }
    const std::string object = response("in_progress", {}, nullptr);
    for (const std::string_view type : {"response.created", "response.in_progress"}) {
        append_event(out, type, sequence_, [&object](JsonWriter& json) { json.raw("response", object); });
    }
}

std::size_t StreamWriter::add_item(std::string_view item, std::string& out) {
    const std::size_t index = output_.size();
    output_.emplace_back();
    append_event(out, "response.output_item.added", sequence_,
                 [&](JsonWriter& json) { json.integer("output_index", static_cast<std::int64_t>(index)).raw("item", item); });
    return index;
}

void StreamWriter::finish_item(std::size_t index, std::string item, std::string& out) {
    append_event(out, "response.output_item.done", sequence_,
                 [&](JsonWriter& json) { json.integer("output_index", static_cast<std::int64_t>(index)).raw("item", item); });
    output_[index] = std::move(item);
}

void StreamWriter::open_item(Open kind, std::string_view id, std::string& out) {
    const bool other_thought = kind == Open::Reasoning && !id.empty() && id != item_.id;
    if (item_.kind == kind && !other_thought) {
        return;
    }
    close_item({}, out);
    close_calls(true, out);
    item_ = {};
    item_.kind = kind;
    const bool message = kind == Open::Message;
    item_.id = id.empty() ? made_item_id(message ? "msg" : "rs", id_, output_.size()) : std::string(id);
    item_.index = add_item(message ? message_item(item_.id, "in_progress", {}) : reasoning_item(item_.id, {}, {}), out);
}

void StreamWriter::open_part(PartKind kind, std::string& out) {
    if (item_.part == kind) {
        return;
    }
    close_part(out);
    item_.part = kind;
    const bool summary = kind == PartKind::Summary;
    append_event(out, summary ? "response.reasoning_summary_part.added" : "response.content_part.added", sequence_,
                 [&](JsonWriter& json) {
                     json.text("item_id", item_.id).integer("output_index", static_cast<std::int64_t>(item_.index));
                     json.integer(summary ? "summary_index" : "content_index", item_.parts);
                     json.raw("part", summary ? summary_part({}) : kind == PartKind::Text ? text_part({}, {}) : refusal_part({}));
                 });
}

void StreamWriter::close_part(std::string& out) {
    const PartKind kind = std::exchange(item_.part, PartKind::None);
    if (kind == PartKind::None) {
        return;
    }
    const bool summary = kind == PartKind::Summary;
    const auto place = [&](JsonWriter& json) {
        json.text("item_id", item_.id).integer("output_index", static_cast<std::int64_t>(item_.index));
        json.integer(summary ? "summary_index" : "content_index", item_.parts);
    };
    const std::string_view text_done = summary                  ? "response.reasoning_summary_text.done"
                                       : kind == PartKind::Text ? "response.output_text.done"
                                                                : "response.refusal.done";
    append_event(out, text_done, sequence_, [&](JsonWriter& json) {
        place(json);
        json.text(kind == PartKind::Refusal ? "refusal" : "text", item_.text);
        if (kind == PartKind::Text) {
            json.raw("logprobs", "[" + item_.logprobs + "]");
        }
    });
    const std::string part = summary                  ? summary_part(item_.text)
                             : kind == PartKind::Text ? text_part(item_.text, item_.logprobs)
                                                      : refusal_part(item_.text);
    append_event(out, summary ? "response.reasoning_summary_part.done" : "response.content_part.done", sequence_,
                 [&](JsonWriter& json) {
                     place(json);
                     json.raw("part", part);
                 });
    item_.content += item_.content.empty() ? "" : ",";
    item_.content += part;
    item_.text.clear();
    item_.logprobs.clear();
    ++item_.parts;
}

/// \param seal of reasoning, as the client is to send it back.
void StreamWriter::close_item(std::string_view seal, std::string& out) {
    if (item_.kind == Open::Nothing) {
        return;
    }
    close_part(out);
    const bool message = item_.kind == Open::Message;
    finish_item(item_.index,
                message ? message_item(item_.id, status_of(finish_reason_), item_.content)
                        : reasoning_item(item_.id, item_.content, seal),
                out);
    item_ = {};
}

void StreamWriter::write_text(const ReplyEvent& event, PartKind kind, std::string& out) {
    const std::string tokens = tokens_of(event.logprobs);
    if (event.text.empty() && tokens.empty()) {
        return;
    }
    open_item(Open::Message, {}, out);
    open_part(kind, out);
    const bool text = kind == PartKind::Text;
    append_event(out, text ? "response.output_text.delta" : "response.refusal.delta", sequence_, [&](JsonWriter& json) {
        json.text("item_id", item_.id).integer("output_index", static_cast<std::int64_t>(item_.index));
        json.integer("content_index", item_.parts).text("delta", event.text);
        if (text) {
            json.raw("logprobs", "[" + tokens + "]");
        }
    });
    item_.text += event.text;
    item_.logprobs += item_.logprobs.empty() || tokens.empty() ? "" : ",";
    item_.logprobs += tokens;
}

void StreamWriter::write_reasoning(const ReplyEvent& event, std::string& out) {
    if (event.text.empty()) {
        return;
    }
    open_item(Open::Reasoning, event.id, out);
    open_part(PartKind::Summary, out);
    append_event(out, "response.reasoning_summary_text.delta", sequence_, [&](JsonWriter& json) {
        json.text("item_id", item_.id).integer("output_index", static_cast<std::int64_t>(item_.index));
        json.integer("summary_index", item_.parts).text("delta", event.text);
    });
    item_.text += event.text;
}

void StreamWriter::write_seal(const ReplyEvent& event, std::string& out) {
    ReasoningPart part;
    part.seal = event.text;
    part.hidden = event.hidden;
    part.origin = event.origin;
    const std::string seal = sealed(part);
    if (item_.kind != Open::Reasoning) {
        if (seal.empty()) {
            return;
        }
        open_item(Open::Reasoning, event.id, out);
    }
    close_item(seal, out);
}

void StreamWriter::write(const ReplyEvent& event, std::string& out) {
    if (event.choice != 0 || ended_) {
        return;
    }
    if (event.kind == Kind::Begin || event.kind == Kind::Usage) {
        service_tier_ = event.service_tier.empty() ? service_tier_ : event.service_tier;
        usage_ = event.usage ? event.usage : usage_;
    }
    if (event.kind == Kind::Begin) {
        created_ = event.created;
    }
    begin(out);
    switch (event.kind) {
        case Kind::Text:
            write_text(event, PartKind::Text, out);
            break;
        case Kind::Refusal:
            write_text(event, PartKind::Refusal, out);
            break;
        case Kind::Reasoning:
            write_reasoning(event, out);
            break;
        case Kind::ReasoningSeal:
            write_seal(event, out);
            break;
        case Kind::ToolCall:
            begin_call(event, out);
            break;
        case Kind::ToolArguments:
            write_arguments(event, out);
            break;
        case Kind::Finish:
            finish_reason_ = event.finish_reason;
            break;
        case Kind::Begin:
        case Kind::Usage:
        case Kind::End:
            break;
    }
}

void StreamWriter::write_last(std::string_view type, std::string_view status, const ReplyEnd& end, const Error* error,
                              std::string& out) {
    const std::string object = response(status, end.disclosure, error);
    append_event(out, type, sequence_, [&object](JsonWriter& json) { json.raw("response", object); });
    ended_ = true;
}

void StreamWriter::end(const ReplyEnd& end, std::string& out) {
    if (ended_) {
        return;
    }
    begin(out);
    close_item({}, out);
    close_calls(false, out);
    const std::string_view status = status_of(finish_reason_);
    write_last(status == "completed" ? "response.completed" : "response.incomplete", status, end, nullptr, out);
}

void StreamWriter::fail(const Error& error, const ReplyEnd& end, std::string& out) {
    if (ended_) {
        return;
    }
    write_last("response.failed", "failed", end, &error, out);
    append_error_event(error, sequence_, out);
}

}  // namespace tierway::dialect::responses
