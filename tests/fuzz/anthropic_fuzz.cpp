// The Anthropic dialect: whatever a client or a provider sends is read or refused; what is accepted can be written again, as JSON; a
// stream means the same however it is cut; and what is written for a client can be read back.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "property.hpp"
#include "tierway/dialect/anthropic.hpp"
#include "tierway/wire/json_view.hpp"
#include "tierway/wire/sse_decoder.hpp"

namespace tierway::fuzz {
namespace {

using dialect::ReplyEvent;

bool is_json(std::string_view text) {
    wire::JsonLimits limits;
    limits.depth_max = 256;  // What was read may stand a few levels deeper in what is written.
    return wire::JsonParser().parse(text, limits).has_value();
}

void check_request(const wire::JsonValue& body) {
    const auto conversation = dialect::anthropic::read_request(body);
    require(conversation || conversation.error().kind() == ErrorKind::InvalidRequest, "a request is read or refused");
    if (!conversation) {
        return;
    }
    for (const bool newer : {false, true}) {
        dialect::ModelRules rules;
        rules.model = "m";
        rules.adaptive_thinking = newer;
        rules.sampling = !newer;
        rules.system_mid_conversation = newer;
        dialect::Omissions omissions;
        const auto written = dialect::anthropic::write_request(*conversation, rules, omissions);
        require(written ? is_json(*written) : written.error().kind() == ErrorKind::InvalidRequest, "and written as JSON or refused");
        if (!written) {
            continue;
        }
        wire::JsonParser parser;
        wire::JsonLimits limits;
        limits.depth_max = 256;
        require(dialect::anthropic::read_request(*parser.parse(*written, limits)).has_value(), "what is written is accepted by the door");
    }
}

void check_reply(const wire::JsonValue& body) {
    if (const auto reply = dialect::anthropic::read_reply(body, "acme")) {
        require(is_json(dialect::anthropic::write_reply(*reply, "m")), "an answer is written as JSON");
    }
}

struct Meaning {
    std::vector<ReplyEvent> events;
    bool failed = false;
};

Meaning meaning_of(std::string_view stream, const std::vector<std::size_t>& ends) {
    wire::SseDecoder decoder;
    wire::JsonParser parser;
    dialect::anthropic::StreamReader reader;
    Meaning meaning;
    std::size_t begin = 0;
    for (const std::size_t end : ends) {
        const std::string piece(stream.substr(begin, end - begin));
        begin = end;
        decoder.feed(piece);
        wire::SseEvent event;
        while (decoder.next(event) == wire::SseDecoder::Status::Event) {
            if (event.kind != wire::SseEvent::Kind::Data) {
                continue;
            }
            const auto data = parser.parse(event.data);
            const wire::JsonValue payload = data ? *data : wire::JsonValue{};
            if (!reader.read(event.name, payload, "acme", meaning.events)) {
                meaning.failed = true;
                return meaning;
            }
        }
    }
    return meaning;
}

bool same(const ReplyEvent& a, const ReplyEvent& b) {
    return a.kind == b.kind && a.tool == b.tool && a.text == b.text && a.id == b.id && a.name == b.name && a.usage == b.usage &&
           a.stop_sequence == b.stop_sequence && a.finish_reason == b.finish_reason && a.hidden == b.hidden && a.origin == b.origin;
}

/// All text of one kind, in order.
std::string text_of(const std::vector<ReplyEvent>& events, ReplyEvent::Kind kind) {
    std::string text;
    for (const ReplyEvent& event : events) {
        text += event.kind == kind ? event.text : "";
    }
    return text;
}

void check_stream(std::string_view stream, Choices& choices) {
    const Meaning whole = meaning_of(stream, {stream.size()});
    for (const auto& ends : ways_to_cut(stream.size(), choices)) {
        const Meaning cut = meaning_of(stream, ends);
        require(cut.failed == whole.failed && cut.events.size() == whole.events.size(), "a stream means the same however it is cut");
        for (std::size_t i = 0; i < cut.events.size(); ++i) {
            require(same(cut.events[i], whole.events[i]), "event by event");
        }
    }
    dialect::anthropic::StreamWriter writer("m");
    std::string written;
    for (const ReplyEvent& event : whole.events) {
        writer.write(event, written);
    }
    writer.end({}, written);
    const Meaning again = meaning_of(written, {written.size()});
    require(!again.failed && again.events.back().kind == ReplyEvent::Kind::End, "what is written can be read to its end");
    require(text_of(again.events, ReplyEvent::Kind::Text) == text_of(whole.events, ReplyEvent::Kind::Text), "no text is lost");
    require(text_of(again.events, ReplyEvent::Kind::Reasoning) == text_of(whole.events, ReplyEvent::Kind::Reasoning),
            "nor reasoning");
}

}  // namespace
}  // namespace tierway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace tierway;
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    wire::JsonParser parser;
    if (const auto body = parser.parse(text)) {
        fuzz::check_request(*body);
        fuzz::check_reply(*body);
    }
    fuzz::Choices choices(text);
    fuzz::check_stream(text, choices);
    return 0;
}
