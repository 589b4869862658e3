#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "../document.hpp"
#include "tierway/dialect/responses.hpp"
#include "tierway/wire/sse_decoder.hpp"

namespace tierway::dialect::responses {

/// An event as a document, without the fields that say nothing.
inline nlohmann::json to_json(const ReplyEvent& event) {
    static const std::vector<std::string> kKinds = {"begin", "text",      "refusal", "reasoning", "seal",
                                                    "call",  "arguments", "finish",  "usage",     "end"};
    nlohmann::json json = {{"kind", kKinds[static_cast<std::size_t>(event.kind)]}};
    const std::vector<std::pair<std::string, std::string>> texts = {
        {"text", event.text},          {"id", event.id},
        {"name", event.name},          {"seal", event.seal},
        {"stop", event.stop_sequence}, {"service_tier", event.service_tier},
        {"logprobs", event.logprobs}};
    for (const auto& [name, text] : texts) {
        if (!text.empty()) {
            json[name] = text;
        }
    }
    if (event.usage) {
        json["usage"] = {event.usage->prompt, event.usage->completion, event.usage->cached, event.usage->cache_write,
                         event.usage->reasoning};
    }
    for (const auto& [name, number] : {std::pair<std::string, std::int64_t>{"choice", event.choice},
                                       {"tool", event.tool},
                                       {"created", event.created},
                                       {"finish", static_cast<std::int64_t>(event.finish_reason)},
                                       {"origin", static_cast<std::int64_t>(event.origin)},
                                       {"custom", event.custom ? 1 : 0},
                                       {"hidden", event.hidden ? 1 : 0}}) {
        if (number != 0) {
            json[name] = number;
        }
    }
    return json;
}

inline nlohmann::json to_json(const std::vector<ReplyEvent>& events) {
    nlohmann::json json = nlohmann::json::array();
    for (const ReplyEvent& event : events) {
        json.push_back(to_json(event));
    }
    return json;
}

/// The payloads of a stream, as a provider sends them.
inline std::string sse(const std::vector<nlohmann::json>& payloads) {
    std::string text;
    for (const nlohmann::json& payload : payloads) {
        const bool typed = payload.is_object() && payload.contains("type") && payload["type"].is_string();
        text += (typed ? "event: " + payload["type"].get<std::string>() : std::string("event: ")) + "\ndata: " + payload.dump() +
                "\n\n";
    }
    return text;
}

/// What a stream means, fed in pieces that end at the given offsets.
class StreamRun {
public:
    explicit StreamRun(std::string_view stream, const std::vector<std::size_t>& ends = {}) {
        std::size_t begin = 0;
        for (const std::size_t end : ends) {
            feed(stream.substr(begin, end - begin));
            begin = end;
        }
        feed(stream.substr(begin));
    }

    std::vector<ReplyEvent> events;
    Result<void> result;

private:
    void feed(std::string_view piece) {
        wire::SseEvent event;
        decoder_.feed(piece);
        while (decoder_.next(event) == wire::SseDecoder::Status::Event) {
            if (event.kind != wire::SseEvent::Kind::Data || !result) {
                continue;
            }
            const auto parsed = parser_.parse(event.data);
            result = reader_.read(event.name, parsed ? *parsed : wire::JsonValue(), "p", events);
        }
    }

    wire::SseDecoder decoder_;
    wire::JsonParser parser_;
    StreamReader reader_;
};

/// The payloads that a writer made; checks that each stands on one line under its name.
inline nlohmann::json payloads_of(std::string_view stream) {
    nlohmann::json payloads = nlohmann::json::array();
    std::string_view rest = stream;
    while (!rest.empty()) {
        const std::size_t end = rest.find("\n\n");
        EXPECT_NE(end, std::string_view::npos) << rest;
        if (end == std::string_view::npos) {
            break;
        }
        const std::string_view block = rest.substr(0, end);
        rest.remove_prefix(end + 2);
        const std::size_t line = block.find('\n');
        EXPECT_EQ(block.find('\n', line + 1), std::string_view::npos) << block;
        EXPECT_TRUE(block.starts_with("event: ")) << block;
        EXPECT_EQ(block.substr(line + 1, 6), "data: ") << block;
        payloads.push_back(nlohmann::json::parse(block.substr(line + 7)));
        EXPECT_EQ(payloads.back()["type"], block.substr(7, line - 7));
        EXPECT_EQ(payloads.back()["sequence_number"], payloads.size() - 1);
    }
    return payloads;
}

/// The stream that a writer makes of these events.
inline std::string written(const std::vector<ReplyEvent>& events, const ReplyEnd& end = {}, Echo echo = {}) {
    StreamWriter writer("resp_1", "small", std::move(echo));
    std::string out;
    for (const ReplyEvent& event : events) {
        writer.write(event, out);
    }
    writer.end(end, out);
    return out;
}

inline ReplyEvent event_of(ReplyEvent::Kind kind, std::string text = {}) {
    ReplyEvent event;
    event.kind = kind;
    event.text = std::move(text);
    return event;
}

}  // namespace tierway::dialect::responses
