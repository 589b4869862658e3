#include "tierway/dialect/provider_codec.hpp"

#include <utility>

#include "dialect/answer_parts.hpp"
#include "tierway/base/assert.hpp"

namespace tierway::dialect {
namespace {

using Reader = std::variant<responses::StreamReader, anthropic::StreamReader, gemini::StreamReader, converse::StreamReader>;

Reader reader_for(Dialect dialect) {
    switch (dialect) {
        case Dialect::Responses:
            return responses::StreamReader();
        case Dialect::Gemini:
            return gemini::StreamReader();
        case Dialect::Converse:
            return converse::StreamReader();
        case Dialect::Chat:
        case Dialect::Completions:
        case Dialect::Anthropic:
            break;
    }
    return anthropic::StreamReader();
}

Result<std::string> write(Dialect dialect, const Conversation& conversation, const ModelRules& rules, Omissions& omissions) {
    switch (dialect) {
        case Dialect::Responses:
            return responses::write_request(conversation, rules, omissions);
        case Dialect::Anthropic:
            return anthropic::write_request(conversation, rules, omissions);
        case Dialect::Gemini:
            return gemini::write_request(conversation, rules, omissions);
        case Dialect::Converse:
            return converse::write_request(conversation, rules, omissions);
        case Dialect::Chat:
        case Dialect::Completions:
            break;
    }
    return Error::internal("A body of this dialect is not written for providers.");
}

Result<Reply> read(Dialect dialect, const wire::JsonValue& body, std::string_view provider_name) {
    switch (dialect) {
        case Dialect::Responses:
            return responses::read_reply(body, provider_name);
        case Dialect::Anthropic:
            return anthropic::read_reply(body, provider_name);
        case Dialect::Gemini:
            return gemini::read_reply(body, provider_name);
        case Dialect::Converse:
            return converse::read_reply(body, provider_name);
        case Dialect::Chat:
        case Dialect::Completions:
            break;
    }
    return chat::read_reply(body);
}

void complete(std::string& id, std::int64_t& created, const ReplyDefaults& defaults) {
    id = id.empty() ? defaults.id : std::move(id);
    created = created == 0 ? defaults.created : created;
}

}  // namespace

Result<std::string> write_provider_request(Dialect dialect, const Conversation& conversation, const ModelRules& rules,
                                           Omissions& omissions) {
    auto body = write(dialect, conversation, rules, omissions);
    if (!body && body.error().source() == ErrorSource::Downstream) {
        const Error& refused = body.error();
        return Error(refused.kind(), ErrorSource::Upstream, refused.code(), std::string(refused.message()))
            .with_param(std::string(refused.param()));
    }
    return body;
}

Result<std::string> chat_answer_of(Dialect dialect, const wire::JsonValue& body, std::string_view provider_name,
                                   const ReplyDefaults& defaults) {
    auto reply = read(dialect, body, provider_name);
    if (!reply) {
        return reply.error();
    }
    if (reply->choices.empty()) {
        return malformed_answer(provider_name, "no choices");
    }
    complete(reply->id, reply->created, defaults);
    return chat::write_reply(*reply);
}

ProviderStream::ProviderStream(Dialect dialect, ReplyDefaults defaults)
    : reader_(reader_for(dialect)), defaults_(std::move(defaults)) {
    TIERWAY_ASSERT(dialect != Dialect::Chat);
}

Result<void> ProviderStream::take(std::string_view name, const wire::JsonValue& data, std::string_view provider_name,
                                  std::vector<std::string>& chunks) {
    events_.clear();
    const auto read = std::visit([&](auto& reader) { return reader.read(name, data, provider_name, events_); }, reader_);
    for (ReplyEvent& event : events_) {
        if (event.kind == ReplyEvent::Kind::Begin) {
            complete(event.id, event.created, defaults_);
        }
        done_ = done_ || event.kind == ReplyEvent::Kind::End;
        std::string chunk;
        if (writer_.write(event, chunk)) {
            chunks.push_back(std::move(chunk));
        }
    }
    return read;
}

}  // namespace tierway::dialect
