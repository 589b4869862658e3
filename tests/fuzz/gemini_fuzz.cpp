// The Gemini dialect: whatever a provider sends is read or is an error; what was read can be written for a client, as JSON; a
// stream means the same however it is cut; and whatever a client asks is written as JSON or refused.

#include <string>
#include <string_view>
#include <vector>

#include "property.hpp"
#include "provider_dialect.hpp"
#include "tierway/dialect/gemini.hpp"
#include "tierway/wire/sse_decoder.hpp"

namespace tierway::fuzz {
namespace {

std::vector<std::string> meaning_of(std::string_view stream, const std::vector<std::size_t>& ends) {
    wire::SseDecoder decoder;
    wire::JsonParser parser;
    dialect::gemini::StreamReader reader;
    std::vector<dialect::ReplyEvent> events;
    std::size_t begin = 0;
    for (const std::size_t end : ends) {
        const std::string piece(stream.substr(begin, end - begin));
        begin = end;
        decoder.feed(piece);
        wire::SseEvent event;
        while (decoder.next(event) == wire::SseDecoder::Status::Event) {
            const auto data = parser.parse(event.data);
            if (!reader.read(event.name, data ? *data : wire::JsonValue{}, "acme", events)) {
                return texts_of(events, true);
            }
        }
    }
    return texts_of(events, false);
}

}  // namespace
}  // namespace tierway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace tierway;
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    wire::JsonParser parser;
    if (const auto body = parser.parse(text)) {
        fuzz::check_request(*body, "gemini-3-pro", dialect::gemini::write_request);
        fuzz::check_reply(*body, dialect::gemini::read_reply);
    }
    fuzz::Choices choices(text);
    const std::vector<std::string> whole = fuzz::meaning_of(text, {text.size()});
    for (const auto& ends : fuzz::ways_to_cut(text.size(), choices)) {
        fuzz::require(fuzz::meaning_of(text, ends) == whole, "a stream means the same however it is cut");
    }
    return 0;
}
