// The Converse dialect: whatever a provider sends is read or is an error; what was read can be written for a client, as JSON; and
// whatever a client asks is written as JSON or refused. A line of the input, `name payload`, is also read as one event of a stream;
// how frames are cut is the business of the event stream decoder.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "property.hpp"
#include "provider_dialect.hpp"
#include "tierway/dialect/converse.hpp"

namespace tierway::fuzz {
namespace {

void check_stream(std::string_view lines) {
    wire::JsonParser parser;
    dialect::converse::StreamReader reader;
    std::vector<dialect::ReplyEvent> events;
    std::size_t ends = 0;
    bool failed = false;
    while (!lines.empty() && !failed) {
        const std::string_view line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(std::min(line.size() + 1, lines.size()));
        const std::size_t space = std::min(line.find(' '), line.size());
        const auto data = parser.parse(line.substr(std::min(space + 1, line.size())));
        failed = !reader.read(line.substr(0, space), data ? *data : wire::JsonValue{}, "acme", events);
    }
    for (const dialect::ReplyEvent& event : events) {
        ends += event.kind == dialect::ReplyEvent::Kind::End || event.kind == dialect::ReplyEvent::Kind::Finish ? 1 : 0;
    }
    require(ends <= 2, "a stream finishes once and ends once");
    require(events.empty() || events.front().kind == dialect::ReplyEvent::Kind::Begin, "a stream begins before all else");
    texts_of(events, failed);
}

}  // namespace
}  // namespace tierway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace tierway;
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    wire::JsonParser parser;
    if (const auto body = parser.parse(text)) {
        fuzz::check_request(*body, "us.anthropic.claude-sonnet-5-v1:0", dialect::converse::write_request);
        fuzz::check_reply(*body, dialect::converse::read_reply);
    }
    fuzz::check_stream(text);
    return 0;
}
