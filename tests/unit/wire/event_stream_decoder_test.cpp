#include "tierway/wire/event_stream_decoder.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "wire/event_stream_frames.hpp"

namespace tierway::wire {
namespace {

using Kind = EventStreamEvent::Kind;
using Status = EventStreamDecoder::Status;

// Messages that the AWS SDK for Python reads (WIRE.md section 5.3).
constexpr std::string_view kDeltaHex =
    "0000009400000057b4ab9aee0b3a6576656e742d74797065070011636f6e74656e74426c6f636b44656c74610d3a636f6e74656e742d747970650700106170"
    "706c69636174696f6e2f6a736f6e0d3a6d6573736167652d74797065070005"
    "6576656e747b22636f6e74656e74426c6f636b496e646578223a302c2264656c7461223a7b2274657874223a224869227d7d1f944657";
constexpr std::string_view kExceptionHex =
    "0000008300000061a9d144e50f3a657863657074696f6e2d747970650700137468726f74746c696e67457863657074696f6e0d3a636f6e74656e742d747970"
    "650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700"
    "09657863657074696f6e7b226d657373616765223a22736c6f77227d9350311c";

struct OwnedEvent {
    Kind kind;
    std::string name;
    std::string data;

    friend bool operator==(const OwnedEvent&, const OwnedEvent&) = default;
    friend void PrintTo(const OwnedEvent& event, std::ostream* out) {
        *out << (event.kind == Kind::Event ? "event" : "exception") << " '" << event.name << "' '" << event.data << "'";
    }
};

struct Decoded {
    std::vector<OwnedEvent> events;
    Status end = Status::NeedInput;
    bool partial = false;

    friend bool operator==(const Decoded&, const Decoded&) = default;
    friend void PrintTo(const Decoded& decoded, std::ostream* out) {
        *out << testing::PrintToString(decoded.events) << " status " << static_cast<int>(decoded.end)
             << (decoded.partial ? " partial" : "");
    }
};

/// Each piece lies in a block of its exact size that dies right after, so that the address sanitizer sees what reads beyond it.
Decoded decode(std::string_view stream, const std::vector<std::size_t>& cuts, std::size_t bound) {
    EventStreamDecoder decoder(bound);
    Decoded decoded;
    std::size_t begin = 0;
    std::vector<std::size_t> ends = cuts;
    ends.push_back(stream.size());
    for (const std::size_t end : ends) {
        const auto exact = std::make_unique<char[]>(end - begin);
        std::copy(stream.begin() + static_cast<std::ptrdiff_t>(begin), stream.begin() + static_cast<std::ptrdiff_t>(end),
                  exact.get());
        decoder.feed({exact.get(), end - begin});
        begin = end;
        EventStreamEvent event;
        while ((decoded.end = decoder.next(event)) == Status::Event) {
            decoded.events.push_back({event.kind, std::string(event.name), std::string(event.data)});
        }
        if (decoded.end != Status::NeedInput) {
            return decoded;
        }
    }
    decoded.partial = decoder.holds_partial_event();
    return decoded;
}

/// Whole, byte by byte and cut at every offset; all must agree.
Decoded decode_every_way(std::string_view stream, std::size_t bound = std::size_t{1} << 20U) {
    const Decoded whole = decode(stream, {}, bound);
    std::vector<std::size_t> every_byte;
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        EXPECT_EQ(decode(stream, {cut}, bound), whole) << "cut at " << cut;
        every_byte.push_back(cut);
    }
    EXPECT_EQ(decode(stream, every_byte, bound), whole) << "byte by byte";
    return whole;
}

TEST(EventStreamDecoder, ReadsWhatTheVendorsLibraryReads) {
    EXPECT_EQ(decode_every_way(bytes_of_hex(kDeltaHex)),
              (Decoded{{{Kind::Event, "contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"text":"Hi"}})"}}}));
    EXPECT_EQ(decode_every_way(bytes_of_hex(kExceptionHex)),
              (Decoded{{{Kind::Exception, "throttlingException", R"({"message":"slow"})"}}}));
}

TEST(EventStreamDecoder, TheTestsMakeTheSameBytes) {
    EXPECT_EQ(event_message("contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"text":"Hi"}})"), bytes_of_hex(kDeltaHex));
    EXPECT_EQ(exception_message("throttlingException", R"({"message":"slow"})"), bytes_of_hex(kExceptionHex));
}

TEST(EventStreamDecoder, ReadsMessagesOneAfterTheOther) {
    std::string stream;
    std::vector<OwnedEvent> events;
    for (int i = 0; i < 5; ++i) {
        stream += event_message("e" + std::to_string(i), std::string(static_cast<std::size_t>(i), 'x'));
        events.push_back({Kind::Event, "e" + std::to_string(i), std::string(static_cast<std::size_t>(i), 'x')});
    }
    EXPECT_EQ(decode_every_way(stream), (Decoded{events}));
    EXPECT_EQ(decode_every_way(stream + "\x01"), (Decoded{events, Status::NeedInput, true}));
    EXPECT_EQ(decode_every_way(""), Decoded{});
}

TEST(EventStreamDecoder, ReadsHeadersOfEveryType) {
    std::string headers = big_endian(1, 1) + "t" + big_endian(0, 1);
    headers += big_endian(1, 1) + "f" + big_endian(1, 1);
    headers += big_endian(1, 1) + "b" + big_endian(2, 1) + "1";
    headers += big_endian(1, 1) + "s" + big_endian(3, 1) + "22";
    headers += big_endian(1, 1) + "i" + big_endian(4, 1) + "4444";
    headers += big_endian(1, 1) + "l" + big_endian(5, 1) + "88888888";
    headers += big_endian(1, 1) + "a" + big_endian(6, 1) + big_endian(3, 2) + "abc";
    headers += big_endian(1, 1) + "d" + big_endian(8, 1) + "88888888";
    headers += big_endian(1, 1) + "u" + big_endian(9, 1) + "0123456789abcdef";
    headers += string_header(":event-type", "x");
    EXPECT_EQ(decode_every_way(event_stream_message(headers, "p")), (Decoded{{{Kind::Event, "x", "p"}}}));
    EXPECT_EQ(decode_every_way(event_stream_message("", "p")), (Decoded{{{Kind::Event, "", "p"}}})) << "nothing is stated";
    EXPECT_EQ(decode_every_way(event_stream_message("", "")), (Decoded{{{Kind::Event, "", ""}}}));
    const std::string no_string = big_endian(11, 1) + ":event-type" + big_endian(0, 1);
    EXPECT_EQ(decode_every_way(event_stream_message(no_string, "")), (Decoded{{{Kind::Event, "", ""}}}));
}

TEST(EventStreamDecoder, TellsAnErrorByItsCodeAndItsWords) {
    const std::string headers = string_header(":message-type", "error") + string_header(":error-code", "InternalError") +
                                string_header(":error-message", "It broke.");
    EXPECT_EQ(decode_every_way(event_stream_message(headers, "")), (Decoded{{{Kind::Exception, "InternalError", "It broke."}}}));
    EXPECT_EQ(decode_every_way(event_stream_message(headers, "{}")), (Decoded{{{Kind::Exception, "InternalError", "{}"}}}));
}

TEST(EventStreamDecoder, NoticesEachByteThatIsNotWhatWasSent) {
    const std::string sound = bytes_of_hex(kDeltaHex);
    for (std::size_t at = 0; at < sound.size(); ++at) {
        std::string changed = sound;
        changed[at] = static_cast<char>(changed[at] ^ 0x04);
        const Decoded decoded = decode(changed, {}, std::size_t{1} << 20U);
        EXPECT_TRUE(decoded.events.empty()) << "byte " << at;
        EXPECT_EQ(decoded.end, Status::Malformed) << "byte " << at;
    }
}

std::string prelude(std::uint64_t message_bytes, std::uint64_t header_bytes) {
    const std::string lengths = big_endian(message_bytes, 4) + big_endian(header_bytes, 4);
    return lengths + crc_32(lengths);
}

TEST(EventStreamDecoder, BelievesNoLengthThatCannotBe) {
    for (const auto& [message_bytes, header_bytes] : std::vector<std::pair<std::uint64_t, std::uint64_t>>{
             {0, 0}, {12, 0}, {15, 0}, {16, 1}, {100, 85}, {100, 0xFFFFFFFF}}) {
        SCOPED_TRACE(message_bytes);
        EXPECT_EQ(decode_every_way(prelude(message_bytes, header_bytes) + std::string(100, 'x')).end, Status::Malformed);
    }
    EXPECT_EQ(decode_every_way(prelude(0xFFFFFFFF, 0) + "x").end, Status::TooLarge);
}

TEST(EventStreamDecoder, RefusesHeadersThatAreNone) {
    const std::vector<std::string> cases = {
        big_endian(0, 1) + big_endian(0, 1),                             // no name
        big_endian(5, 1) + "abc",                                        // a name that is longer
        big_endian(1, 1) + "a",                                          // no type
        big_endian(1, 1) + "a" + big_endian(10, 1),                      // no such type
        big_endian(1, 1) + "a" + big_endian(255, 1),                     // no such type
        big_endian(1, 1) + "a" + big_endian(7, 1) + "\x01",              // half a length
        big_endian(1, 1) + "a" + big_endian(7, 1) + big_endian(9, 2),    // a text that is longer
        big_endian(1, 1) + "a" + big_endian(5, 1) + "1234567",           // too short a number
        string_header(":event-type", "x") + big_endian(3, 1),            // garbage behind
    };
    for (const std::string& headers : cases) {
        SCOPED_TRACE(testing::PrintToString(headers));
        EXPECT_EQ(decode_every_way(event_stream_message(headers, "{}")), (Decoded{{}, Status::Malformed}));
    }
}

TEST(EventStreamDecoder, AcceptsAMessageOfExactlyTheBound) {
    const std::string message = event_message("x", "payload");
    EXPECT_EQ(decode_every_way(message + message, message.size()),
              (Decoded{{{Kind::Event, "x", "payload"}, {Kind::Event, "x", "payload"}}}));
    EXPECT_EQ(decode_every_way(message, message.size() - 1), (Decoded{{}, Status::TooLarge}));
}

TEST(EventStreamDecoder, GivesViewsOfThePieceForAWholeMessage) {
    const std::string piece = event_message("a", "first") + event_message("b", "second");
    EventStreamDecoder decoder;
    decoder.feed(piece);
    EventStreamEvent event;
    for (int i = 0; i < 2; ++i) {
        ASSERT_EQ(decoder.next(event), Status::Event);
        EXPECT_GE(event.data.data(), piece.data());
        EXPECT_LT(event.data.data(), piece.data() + piece.size());
    }
    EXPECT_EQ(decoder.next(event), Status::NeedInput);
    EXPECT_FALSE(decoder.holds_partial_event());
}

TEST(EventStreamDecoder, StaysFinishedUntilReset) {
    EventStreamDecoder decoder;
    EventStreamEvent event;
    decoder.feed("this is no message at all");
    EXPECT_EQ(decoder.next(event), Status::Malformed);
    EXPECT_EQ(decoder.next(event), Status::Malformed);
    const std::string message = event_message("x", "y");
    decoder.feed(message);
    EXPECT_EQ(decoder.next(event), Status::Malformed);
    decoder.reset();
    EXPECT_FALSE(decoder.holds_partial_event());
    decoder.feed(message);
    ASSERT_EQ(decoder.next(event), Status::Event);
    EXPECT_EQ(event.name, "x");
}

TEST(EventStreamDecoder, ReadsALargeMessageByteByByteInLinearTime) {
    const std::string message = event_message("x", std::string(1'000'000, 'p'));
    EventStreamDecoder decoder(std::size_t{2} << 20U);
    EventStreamEvent event;
    std::size_t seen = 0;
    for (const char& byte : message) {
        decoder.feed({&byte, 1});
        while (decoder.next(event) == Status::Event) {
            seen += event.data.size();
        }
    }
    EXPECT_EQ(seen, 1'000'000U);
}

}  // namespace
}  // namespace tierway::wire
