#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "property.hpp"
#include "tierway/dialect/chat.hpp"
#include "tierway/dialect/chat_request.hpp"
#include "tierway/dialect/reply.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::fuzz {

inline bool is_json(std::string_view text) {
    wire::JsonLimits limits;
    limits.depth_max = 256;  // What was read may stand a few levels deeper in what is written.
    return wire::JsonParser().parse(text, limits).has_value();
}

/// Whatever Chat request is accepted is written as JSON, or refused as the client's fault.
template <class Write>
void check_request(const wire::JsonValue& body, std::string_view model, Write write) {
    const auto request = dialect::read_chat_request(body);
    const auto conversation = request ? dialect::chat::read_conversation(*request) : dialect::Conversation{};
    if (!conversation) {
        return;
    }
    for (const bool newer : {false, true}) {
        dialect::ModelRules rules;
        rules.model = model;
        rules.adaptive_thinking = newer;
        rules.sampling = !newer;
        dialect::Omissions omissions;
        const auto written = write(*conversation, rules, omissions);
        const bool holds = written ? is_json(*written) : written.error().kind() == ErrorKind::InvalidRequest;
        require(holds, "a request is written as JSON or refused");
    }
}

/// Whatever answer is accepted can be written for a client.
template <class Read>
void check_reply(const wire::JsonValue& body, Read read) {
    if (const auto reply = read(body, "acme")) {
        require(!reply->choices.empty(), "an answer has a choice");
        require(is_json(dialect::chat::write_reply(*reply)), "an answer is written as JSON");
    }
}

/// Everything that is compared of the events of a stream. What was read is also written for a client, as JSON.
inline std::vector<std::string> texts_of(const std::vector<dialect::ReplyEvent>& events, bool failed) {
    std::vector<std::string> texts;
    dialect::chat::StreamWriter writer;
    for (const dialect::ReplyEvent& event : events) {
        std::string text = std::to_string(static_cast<int>(event.kind)) + "/" + std::to_string(event.choice);
        text += "/" + std::to_string(event.tool) + "/" + std::to_string(static_cast<int>(event.finish_reason)) + "/" + event.id;
        text += "/" + event.name + "/" + event.seal + "/" + event.text + "/" + event.logprobs + (event.hidden ? "!" : "");
        text += event.usage ? std::to_string(event.usage->prompt) + "+" + std::to_string(event.usage->completion) : "";
        texts.push_back(std::move(text));
        std::string chunk;
        require(!writer.write(event, chunk) || is_json(chunk), "an event is written as JSON");
    }
    texts.emplace_back(failed ? "failed" : "well");
    return texts;
}

}  // namespace tierway::fuzz
