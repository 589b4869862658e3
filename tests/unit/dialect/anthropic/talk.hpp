#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/document.hpp"
#include "tierway/dialect/anthropic.hpp"
#include "tierway/wire/sse_decoder.hpp"

/// What the tests of this dialect have in common: reading and writing of texts instead of views.
namespace tierway::dialect::anthropic {

using Json = nlohmann::ordered_json;

inline Result<Conversation> conversation_of(const std::string& body) {
    const Document document(body);
    return read_request(document.root());
}

/// The body that is written for a provider; an object without members when it is refused.
inline Json written(const Conversation& conversation, const ModelRules& rules = {}, Omissions* omissions = nullptr) {
    Omissions ignored;
    const Result<std::string> body = write_request(conversation, rules, omissions != nullptr ? *omissions : ignored);
    EXPECT_TRUE(body) << (body ? "" : body.error().message());
    return body ? Json::parse(*body) : Json::object();
}

/// A user's question, to be asked with more.
inline Conversation question(std::string text = "Hi") {
    Conversation conversation;
    conversation.model = "auto";
    conversation.turns.push_back({Role::User, {{TextPart{std::move(text)}, {}}}});
    return conversation;
}

inline Part text_part(std::string text) {
    return {TextPart{std::move(text)}, {}};
}

inline Part call_part(std::string id, std::string name, std::string arguments) {
    ToolCallPart call;
    call.id = std::move(id);
    call.name = std::move(name);
    call.arguments = std::move(arguments);
    return {std::move(call), {}};
}

inline Part result_part(std::string id, std::string text) {
    ToolResultPart result;
    result.call_id = std::move(id);
    result.content.push_back(text_part(std::move(text)));
    return {std::move(result), {}};
}

inline Part reasoning_part(std::string text, std::string seal, Origin origin, bool hidden = false) {
    ReasoningPart reasoning;
    reasoning.text = std::move(text);
    reasoning.seal = std::move(seal);
    reasoning.origin = origin;
    reasoning.hidden = hidden;
    return {std::move(reasoning), {}};
}

/// One line for an event, so that lists of them are readable when they differ.
inline std::string told(const ReplyEvent& event) {
    static constexpr std::array<std::string_view, 10> kNames = {"Begin",         "Text",   "Refusal", "Reasoning", "ReasoningSeal", "ToolCall",
                                                                "ToolArguments", "Finish", "Usage",   "End"};
    std::string line(kNames.at(static_cast<std::size_t>(event.kind)));
    for (const std::string& text : {event.id, event.name, event.text, event.stop_sequence, event.service_tier}) {
        line += text.empty() ? "" : " [" + text + "]";
    }
    if (event.kind == ReplyEvent::Kind::ToolCall || event.kind == ReplyEvent::Kind::ToolArguments) {
        line += " #" + std::to_string(event.tool);
    }
    if (event.kind == ReplyEvent::Kind::Finish) {
        line += " " + std::to_string(static_cast<int>(event.finish_reason));
    }
    if (event.origin != Origin::Unknown) {
        line += " origin " + std::to_string(static_cast<int>(event.origin));
    }
    line += event.hidden ? " hidden" : "";
    if (event.usage) {
        line += " " + std::to_string(event.usage->prompt) + "/" + std::to_string(event.usage->cached) + "/" +
                std::to_string(event.usage->cache_write) + "/" + std::to_string(event.usage->cache_write_1h) + "+" +
                std::to_string(event.usage->completion) + "/" + std::to_string(event.usage->reasoning);
    }
    return line;
}

/// What a stream means, cut into pieces that end where `ends` says. An error ends it and is its last line.
inline std::vector<std::string> meaning_of(std::string_view stream, const std::vector<std::size_t>& ends) {
    wire::SseDecoder decoder;
    wire::JsonParser parser;
    StreamReader reader;
    std::vector<ReplyEvent> events;
    std::vector<std::string> lines;
    std::size_t begin = 0;
    for (const std::size_t end : ends) {
        const std::string piece(stream.substr(begin, end - begin));
        begin = end;
        decoder.feed(piece);
        wire::SseEvent event;
        while (decoder.next(event) == wire::SseDecoder::Status::Event) {
            if (event.kind == wire::SseEvent::Kind::Comment) {
                continue;
            }
            const Result<wire::JsonValue> data = parser.parse(event.data);
            events.clear();
            const Result<void> read = reader.read(event.name, data ? *data : wire::JsonValue{}, "acme", events);
            for (const ReplyEvent& each : events) {
                lines.push_back(told(each));
            }
            if (!read) {
                lines.push_back("error " + std::string(read.error().code()));
                return lines;
            }
        }
    }
    return lines;
}

inline std::vector<std::string> meaning_of(std::string_view stream) {
    return meaning_of(stream, {stream.size()});
}

/// A stream in the vendor's form from (name, payload without its type) pairs.
inline std::string stream_of(const std::vector<std::pair<std::string, std::string>>& events) {
    std::string stream;
    for (const auto& [name, payload] : events) {
        Json data = Json::parse(payload);
        data["type"] = name;
        stream += "event: " + name + "\ndata: " + data.dump() + "\n\n";
    }
    return stream;
}

}  // namespace tierway::dialect::anthropic
