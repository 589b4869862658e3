// The SSE decoder: however a stream is cut, the events are the same, and they are those of a plain reading of the specification.

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "property.hpp"
#include "tierway/wire/sse_decoder.hpp"

namespace tierway::fuzz {
namespace {

using wire::SseDecoder;
using wire::SseEvent;

struct OwnedEvent {
    SseEvent::Kind kind;
    std::string name;
    std::string data;

    friend bool operator==(const OwnedEvent&, const OwnedEvent&) = default;
};

struct Decoded {
    std::vector<OwnedEvent> events;
    bool too_large = false;
    bool partial = false;

    friend bool operator==(const Decoded&, const Decoded&) = default;
};

/// Each piece lies in a block of its exact size that dies before the next one comes: views that outlive it are seen.
Decoded decode(std::string_view stream, const std::vector<std::size_t>& ends, std::size_t event_bytes_max) {
    SseDecoder decoder(event_bytes_max);
    Decoded decoded;
    std::size_t begin = 0;
    for (const std::size_t end : ends) {
        const auto piece = std::make_unique<char[]>(end - begin);
        std::copy(stream.begin() + static_cast<std::ptrdiff_t>(begin), stream.begin() + static_cast<std::ptrdiff_t>(end),
                  piece.get());
        decoder.feed({piece.get(), end - begin});
        begin = end;
        SseEvent event;
        SseDecoder::Status status = decoder.next(event);
        for (; status == SseDecoder::Status::Event; status = decoder.next(event)) {
            decoded.events.push_back({event.kind, std::string(event.name), std::string(event.data)});
        }
        if (status == SseDecoder::Status::TooLarge) {
            require(decoder.next(event) == SseDecoder::Status::TooLarge, "a decoder that gave up stays so");
            decoded.too_large = true;
            return decoded;
        }
    }
    decoded.partial = decoder.holds_partial_event();
    return decoded;
}

std::vector<std::string_view> ended_lines(std::string_view stream) {
    std::vector<std::string_view> lines;
    while (true) {
        const std::size_t end = stream.find_first_of("\r\n");
        if (end == std::string_view::npos) {
            return lines;
        }
        lines.push_back(stream.substr(0, end));
        stream.remove_prefix(end + (stream.substr(end, 2) == "\r\n" ? 2 : 1));
    }
}

/// The specification (WHATWG HTML, section 9.2.6) read line by line, with the decoder's additions: comments are reported.
std::vector<OwnedEvent> reference(std::string_view stream) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (stream.starts_with(kByteOrderMark)) {
        stream.remove_prefix(kByteOrderMark.size());
    }
    std::vector<OwnedEvent> events;
    std::string name;
    std::string data;
    std::string comment;
    bool has_field = false;
    bool has_comment = false;
    for (const std::string_view line : ended_lines(stream)) {
        if (line.empty()) {
            if (!data.empty()) {
                data.pop_back();
                events.push_back({SseEvent::Kind::Data, name, data});
            } else if (has_comment && !has_field) {
                events.push_back({SseEvent::Kind::Comment, {}, comment});
            }
            name.clear();
            data.clear();
            has_field = has_comment = false;
            continue;
        }
        const std::size_t colon = std::min(line.find(':'), line.size());
        const std::string_view field = line.substr(0, colon);
        std::string_view value = line.substr(std::min(colon + 1, line.size()));
        value.remove_prefix(value.starts_with(' ') ? 1 : 0);
        if (field.empty()) {
            has_comment = true;
            comment = value;
            continue;
        }
        has_field = true;
        if (field == "data") {
            data.append(value).push_back('\n');
        } else if (field == "event") {
            name = value;
        }
    }
    return events;
}

void check(std::string_view stream, std::size_t event_bytes_max, Choices& choices) {
    const Decoded whole = decode(stream, {stream.size()}, event_bytes_max);
    for (const auto& ends : ways_to_cut(stream.size(), choices)) {
        require(decode(stream, ends, event_bytes_max) == whole, "a stream gives the same events however it is cut");
    }
    const std::vector<OwnedEvent> expected = reference(stream);
    require(whole.too_large || whole.events.size() == expected.size(), "every event of the specification is given, and no other");
    require(whole.events.size() <= expected.size(), "a decoder that gave up gave no event that is not there");
    require(std::equal(whole.events.begin(), whole.events.end(), expected.begin()), "each event is what the specification says");
    for (const OwnedEvent& event : whole.events) {
        require(event.data.size() <= event_bytes_max && event.name.size() <= event_bytes_max, "the bound on an event holds");
    }
    if (!whole.too_large && !whole.partial) {
        const std::string closed = std::string(stream) + "\n\n";
        std::size_t data_events = 0;
        for (const OwnedEvent& event : reference(closed)) {
            data_events += event.kind == SseEvent::Kind::Data ? 1 : 0;
        }
        for (const OwnedEvent& event : expected) {
            data_events -= event.kind == SseEvent::Kind::Data ? 1 : 0;
        }
        require(data_events == 0, "a stream said to end cleanly holds no data that was not given out");
    }
}

}  // namespace
}  // namespace tierway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view stream(reinterpret_cast<const char*>(bytes), size);
    tierway::fuzz::Choices choices(stream);
    tierway::fuzz::check(stream, std::size_t{1} << 20U, choices);
    tierway::fuzz::check(stream, 3 + choices.below(200), choices);
    return 0;
}
