// The event stream decoder: however a stream is cut, the events are the same, and they are those of a plain reading of the format.

#include <algorithm>
#include <boost/crc.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "property.hpp"
#include "tierway/wire/event_stream_decoder.hpp"

namespace tierway::fuzz {
namespace {

using wire::EventStreamDecoder;
using wire::EventStreamEvent;
using Status = EventStreamDecoder::Status;

struct OwnedEvent {
    EventStreamEvent::Kind kind;
    std::string name;
    std::string data;

    friend bool operator==(const OwnedEvent&, const OwnedEvent&) = default;
};

struct Decoded {
    std::vector<OwnedEvent> events;
    Status end = Status::NeedInput;
    bool partial = false;

    friend bool operator==(const Decoded&, const Decoded&) = default;
};

/// Each piece lies in a block of its exact size that dies before the next one comes: views that outlive it are seen.
Decoded decode(std::string_view stream, const std::vector<std::size_t>& ends, std::size_t event_bytes_max) {
    EventStreamDecoder decoder(event_bytes_max);
    Decoded decoded;
    std::size_t begin = 0;
    for (const std::size_t end : ends) {
        const auto piece = std::make_unique<char[]>(end - begin);
        std::copy(stream.begin() + static_cast<std::ptrdiff_t>(begin), stream.begin() + static_cast<std::ptrdiff_t>(end),
                  piece.get());
        decoder.feed({piece.get(), end - begin});
        begin = end;
        EventStreamEvent event;
        while ((decoded.end = decoder.next(event)) == Status::Event) {
            decoded.events.push_back({event.kind, std::string(event.name), std::string(event.data)});
        }
        if (decoded.end != Status::NeedInput) {
            require(decoder.next(event) == decoded.end, "a decoder that gave up stays so");
            return decoded;
        }
    }
    decoded.partial = decoder.holds_partial_event();
    return decoded;
}

std::uint32_t number(std::string_view bytes) {
    std::uint32_t value = 0;
    for (const char c : bytes.substr(0, 4)) {
        value = value << 8U | static_cast<unsigned char>(c);
    }
    return value;
}

std::string text(std::uint32_t value) {
    std::string bytes;
    for (const unsigned shift : {24U, 16U, 8U, 0U}) {
        bytes += static_cast<char>(value >> shift & 0xFFU);
    }
    return bytes;
}

std::uint32_t checksum(std::string_view bytes) {
    boost::crc_32_type crc;
    crc.process_bytes(bytes.data(), bytes.size());
    return crc.checksum();
}

/// How many messages of sound lengths and checksums stand at the stream's beginning; each event is one of them.
std::size_t sound_messages(std::string_view stream) {
    std::size_t count = 0;
    while (stream.size() >= 16 && number(stream.substr(8)) == checksum(stream.substr(0, 8))) {
        const std::size_t size = number(stream);
        if (size < 16 || size > stream.size() || number(stream.substr(size - 4)) != checksum(stream.substr(0, size - 4))) {
            break;
        }
        ++count;
        stream.remove_prefix(size);
    }
    return count;
}

void check(std::string_view stream, std::size_t event_bytes_max, Choices& choices) {
    const Decoded whole = decode(stream, {stream.size()}, event_bytes_max);
    for (const auto& ends : ways_to_cut(stream.size(), choices)) {
        require(decode(stream, ends, event_bytes_max) == whole, "a stream gives the same events however it is cut");
    }
    require(whole.events.size() <= sound_messages(stream), "no event comes from bytes whose checksum is wrong");
    require(whole.end != Status::NeedInput || whole.events.size() == sound_messages(stream), "every sound message is an event");
    for (const OwnedEvent& event : whole.events) {
        require(event.data.size() + 16 <= event_bytes_max, "the bound on a message holds");
    }
}

/// The input as one message whose lengths and checksums are sound, so that what stands behind them is reached.
std::string sealed(std::string_view input, Choices& choices) {
    const std::size_t header_bytes = choices.below(input.size() + 1);
    std::string message = text(static_cast<std::uint32_t>(16 + input.size())) + text(static_cast<std::uint32_t>(header_bytes));
    message += text(checksum(message));
    message += input;
    return message + text(checksum(message));
}

}  // namespace
}  // namespace tierway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view stream(reinterpret_cast<const char*>(bytes), size);
    tierway::fuzz::Choices choices(stream);
    tierway::fuzz::check(stream, std::size_t{1} << 20U, choices);
    tierway::fuzz::check(stream, 16 + choices.below(200), choices);
    const std::string sealed = tierway::fuzz::sealed(stream, choices);
    tierway::fuzz::check(sealed + sealed, std::size_t{1} << 20U, choices);
    return 0;
}
