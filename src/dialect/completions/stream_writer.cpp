#include "dialect/chat/chunk_members.hpp"
#include "dialect/completions/completion_members.hpp"
#include "tierway/base/json_writer.hpp"
#include "tierway/dialect/completions.hpp"

namespace tierway::dialect::completions {

void StreamWriter::write(const ReplyEvent& event, std::string& out) {
    if (ended_) {
        return;
    }
    switch (event.kind) {
        case ReplyEvent::Kind::Begin:
            created_ = event.created;
            break;
        case ReplyEvent::Kind::Usage:
            usage_ = event.usage ? event.usage : usage_;
            break;
        case ReplyEvent::Kind::Text:
        case ReplyEvent::Kind::Refusal:
            if (!event.text.empty()) {
                write_chunk(event, out);
            }
            break;
        case ReplyEvent::Kind::Finish:
            write_chunk(event, out);
            break;
        default:
            break;
    }
}

void StreamWriter::write_chunk(const ReplyEvent& event, std::string& out) const {
    out += "data: ";
    JsonWriter json(out);
    begin_completion(json, id_, created_, model_);
    const bool ends = event.kind == ReplyEvent::Kind::Finish;
    json.begin_object().text("text", ends ? std::string_view() : event.text).integer("index", event.choice).null("logprobs");
    if (ends) {
        json.text("finish_reason", reason_of(event.finish_reason));
    } else {
        json.null("finish_reason");
    }
    json.end_object().end_array();
    if (include_usage_) {
        json.null("usage");
    }
    json.end_object();
    out += "\n\n";
}

void StreamWriter::end(const ReplyEnd& end, std::string& out) {
    if (ended_) {
        return;
    }
    ended_ = true;
    if (include_usage_ && usage_) {
        out += "data: ";
        JsonWriter json(out);
        begin_completion(json, id_, created_, model_);
        json.end_array();
        chat::write_usage(json, *usage_);
        if (!end.disclosure.empty()) {
            json.raw("tierway", end.disclosure);
        }
        json.end_object();
        out += "\n\n";
    } else if (!end.disclosure.empty()) {
        out.append(": tierway ").append(end.disclosure).append("\n\n");
    }
    out += "data: [DONE]\n\n";
}

}  // namespace tierway::dialect::completions
