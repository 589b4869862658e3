// The Responses dialect: whatever a client or a provider sends is read or refused; what is accepted can be written again, as
// JSON; a stream means the same however it is cut; and what is written for a client says the same when it is read back. The input
// is a request, an answer or a stream; each is read as all three.

#include <string>
#include <string_view>
#include <vector>

#include "property.hpp"
#include "tierway/dialect/responses.hpp"
#include "tierway/wire/json_view.hpp"
#include "tierway/wire/sse_decoder.hpp"

namespace tierway::fuzz {
namespace {

namespace responses = dialect::responses;
using dialect::ReplyEvent;

bool is_json(std::string_view text) {
    wire::JsonLimits limits;
    limits.depth_max = 256;  // What was read may stand a few levels deeper in what is written.
    return wire::JsonParser().parse(text, limits).has_value();
}

void check_request(const wire::JsonValue& body) {
    const auto conversation = responses::read_request(body);
    require(conversation || conversation.error().kind() == ErrorKind::InvalidRequest, "a request is read or refused");
    if (!conversation) {
        return;
    }
    for (const bool thinks : {false, true}) {
        dialect::ModelRules rules;
        rules.model = "m";
        rules.thinks = thinks;
        rules.sampling = !thinks;
        dialect::Omissions omissions;
        const auto written = responses::write_request(*conversation, rules, omissions);
        require(written ? is_json(*written) : written.error().kind() == ErrorKind::InvalidRequest,
                "and written as JSON or refused");
    }
    const std::string echo = responses::echo_of(body).members;
    require(is_json("{\"a\":1" + echo + "}"), "an echo is members of an object");
    require(echo.find('\n') == std::string::npos && echo.find('\r') == std::string::npos, "on one line");
}

void check_reply(const wire::JsonValue& body) {
    if (const auto reply = responses::read_reply(body, "acme")) {
        require(is_json(responses::write_reply(*reply, "resp_1", "m", {})), "an answer is written as JSON");
    }
}

struct Meaning {
    std::vector<ReplyEvent> events;
    bool failed = false;
};

Meaning meaning_of(std::string_view stream, const std::vector<std::size_t>& ends) {
    wire::SseDecoder decoder;
    wire::JsonParser parser;
    responses::StreamReader reader;
    Meaning meaning;
    std::size_t begin = 0;
    for (const std::size_t end : ends) {
        const std::string piece(stream.substr(begin, end - begin));
        begin = end;
        decoder.feed(piece);
        wire::SseEvent event;
        while (!meaning.failed && decoder.next(event) == wire::SseDecoder::Status::Event) {
            if (event.kind == wire::SseEvent::Kind::Data) {
                const auto data = parser.parse(event.data);
                const wire::JsonValue payload = data ? *data : wire::JsonValue{};
                meaning.failed = !reader.read(event.name, payload, "acme", meaning.events);
            }
        }
        if (meaning.failed) {
            break;
        }
    }
    return meaning;
}

/// All that was said, apart from how it was cut.
std::string said(const std::vector<ReplyEvent>& events, ReplyEvent::Kind kind) {
    std::string text;
    for (const ReplyEvent& event : events) {
        if (event.kind == kind) {
            text += event.text;
            text += event.name;
            text += event.id;
        }
    }
    return text;
}

void check_same(const Meaning& one, const Meaning& other) {
    require(one.failed == other.failed && one.events.size() == other.events.size(), "a stream means the same however it is cut");
    for (std::size_t i = 0; i < one.events.size(); ++i) {
        require(one.events[i].kind == other.events[i].kind && one.events[i].text == other.events[i].text,
                "each of its events means the same");
    }
}

void check_written(const Meaning& meaning) {
    responses::StreamWriter writer("resp_1", "m", {});
    std::string stream;
    for (const ReplyEvent& event : meaning.events) {
        writer.write(event, stream);
    }
    writer.end({}, stream);
    const Meaning again = meaning_of(stream, {stream.size()});
    require(!again.failed, "what is written is a stream");
    for (const auto kind : {ReplyEvent::Kind::Text, ReplyEvent::Kind::Refusal, ReplyEvent::Kind::ToolCall}) {
        require(said(again.events, kind) == said(meaning.events, kind), "that says the same");
    }
}

void check_stream(std::string_view stream) {
    Choices choices(stream);
    const Meaning whole = meaning_of(stream, {stream.size()});
    for (const std::vector<std::size_t>& ends : ways_to_cut(stream.size(), choices)) {
        check_same(whole, meaning_of(stream, ends));
    }
    if (!whole.failed) {
        check_written(whole);
    }
}

}  // namespace
}  // namespace tierway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(bytes), size);
    tierway::wire::JsonParser parser;
    if (const auto body = parser.parse(input)) {
        tierway::fuzz::check_request(*body);
        tierway::fuzz::check_reply(*body);
    }
    tierway::fuzz::check_stream(input);
    return 0;
}
