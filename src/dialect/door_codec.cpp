#include "tierway/dialect/door_codec.hpp"

#include <utility>

#include "dialect/redirecting_fields.hpp"
#include "tierway/base/assert.hpp"
#include "tierway/dialect/error_body.hpp"

namespace tierway::dialect {
namespace {

using Writer = std::variant<responses::StreamWriter, anthropic::StreamWriter, completions::StreamWriter>;

std::string completion_id(const DoorTerms& terms) {
    return "cmpl-" + terms.id;
}

Writer writer_for(DoorTerms terms) {
    TIERWAY_ASSERT(terms.door == Dialect::Responses || terms.door == Dialect::Anthropic || terms.door == Dialect::Completions);
    if (terms.door == Dialect::Completions) {
        return completions::StreamWriter(completion_id(terms), terms.model, terms.include_usage);
    }
    if (terms.door == Dialect::Responses) {
        return responses::StreamWriter("resp_" + terms.id, terms.model, std::move(terms.echo));
    }
    return anthropic::StreamWriter(terms.model);
}

std::string with_disclosure(std::string_view disclosure) {
    return disclosure.empty() ? std::string() : ",\"tierway\":" + std::string(disclosure);
}

}  // namespace

DoorEcho echo_of(Dialect door, const wire::JsonValue& request) {
    return door == Dialect::Responses ? responses::echo_of(request) : DoorEcho();
}

Result<Conversation> read_door_request(Dialect door, const wire::JsonValue& body) {
    if (auto checked = refuse_redirection(body); !checked) {
        return checked.error();
    }
    if (door == Dialect::Completions) {
        return completions::read_request(body);
    }
    return door == Dialect::Responses ? responses::read_request(body) : anthropic::read_request(body);
}

std::string write_door_answer(const DoorTerms& terms, const wire::JsonValue& chat_answer) {
    const Reply reply = chat::read_reply(chat_answer);
    if (terms.door == Dialect::Completions) {
        return completions::write_reply(reply, completion_id(terms), terms.model);
    }
    return terms.door == Dialect::Responses ? responses::write_reply(reply, "resp_" + terms.id, terms.model, terms.echo)
                                            : anthropic::write_reply(reply, terms.model);
}

DoorStream::DoorStream(DoorTerms terms) : writer_(writer_for(std::move(terms))) {}

void DoorStream::take(const wire::JsonValue& chunk, std::string& out) {
    events_.clear();
    reader_.read(chunk, events_);
    for (const ReplyEvent& event : events_) {
        std::visit([&](auto& writer) { writer.write(event, out); }, writer_);
    }
}

void DoorStream::end(const ReplyEnd& end, std::string& out) {
    std::visit([&](auto& writer) { writer.end(end, out); }, writer_);
}

void DoorStream::fail(const Error& error, const ReplyEnd& end, std::string_view request_id, std::string& out) {
    if (auto* const writer = std::get_if<responses::StreamWriter>(&writer_)) {
        writer->fail(error, end, out);
    } else if (std::holds_alternative<completions::StreamWriter>(writer_)) {
        out += door_error_event(Dialect::Completions, error, request_id, end.disclosure);
    } else {
        out += anthropic::error_event(error, request_id, with_disclosure(end.disclosure));
    }
}

std::string door_error_body(Dialect door, const Error& error, std::string_view request_id, std::string_view extra) {
    return door == Dialect::Anthropic ? anthropic::error_body(error, request_id, extra) : openai_error_body(error, extra);
}

std::string door_error_event(Dialect door, const Error& error, std::string_view request_id, std::string_view disclosure) {
    switch (door) {
        case Dialect::Responses: {
            std::string event;
            responses::StreamWriter("resp_" + std::string(request_id), {}, {}).fail(error, {std::string(disclosure), true}, event);
            return event;
        }
        case Dialect::Anthropic:
            return anthropic::error_event(error, request_id, with_disclosure(disclosure));
        case Dialect::Chat:
        case Dialect::Gemini:
        case Dialect::Converse:
        case Dialect::Completions:
            break;
    }
    return "data: " + openai_error_body(error, with_disclosure(disclosure)) + "\n\n";
}

}  // namespace tierway::dialect
