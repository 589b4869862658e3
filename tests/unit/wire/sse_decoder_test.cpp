#include "tierway/wire/sse_decoder.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

namespace tierway::wire {
namespace {

struct OwnedEvent {
    SseEvent::Kind kind;
    std::string name;
    std::string data;

    friend bool operator==(const OwnedEvent&, const OwnedEvent&) = default;
    friend void PrintTo(const OwnedEvent& event, std::ostream* out) {
        *out << (event.kind == SseEvent::Kind::Data ? "data" : "comment") << " '" << event.name << "' '" << event.data << "'";
    }
};

struct Decoded {
    std::vector<OwnedEvent> events;
    bool too_large = false;
    bool holds_partial_event = false;

    friend bool operator==(const Decoded&, const Decoded&) = default;
    friend void PrintTo(const Decoded& decoded, std::ostream* out) {
        *out << testing::PrintToString(decoded.events) << (decoded.too_large ? " too large" : "")
             << (decoded.holds_partial_event ? " partial" : "");
    }
};

/// Feeds one piece from a heap buffer of its exact size that dies right after, so that the address sanitizer sees reads beyond
/// the piece and views that outlive it.
void feed_piece(SseDecoder& decoder, std::string_view piece, Decoded& decoded) {
    const auto exact = std::make_unique<char[]>(piece.size());
    std::copy(piece.begin(), piece.end(), exact.get());
    decoder.feed({exact.get(), piece.size()});
    SseEvent event;
    SseDecoder::Status status = decoder.next(event);
    while (status == SseDecoder::Status::Event) {
        decoded.events.push_back({event.kind, std::string(event.name), std::string(event.data)});
        status = decoder.next(event);
    }
    decoded.too_large = status == SseDecoder::Status::TooLarge;
}

Decoded decode(std::string_view stream, const std::vector<std::size_t>& cuts, std::size_t event_bytes_max) {
    SseDecoder decoder(event_bytes_max);
    Decoded decoded;
    std::size_t begin = 0;
    for (const std::size_t cut : cuts) {
        if (!decoded.too_large) {
            feed_piece(decoder, stream.substr(begin, cut - begin), decoded);
        }
        begin = cut;
    }
    if (!decoded.too_large) {
        feed_piece(decoder, stream.substr(begin), decoded);
    }
    decoded.holds_partial_event = !decoded.too_large && decoder.holds_partial_event();
    return decoded;
}

/// Decodes the stream whole, byte by byte, cut at every offset and at every pair of offsets (of short streams); all must agree.
Decoded decode_every_way(std::string_view stream, std::size_t event_bytes_max = std::size_t{1} << 20U) {
    const Decoded whole = decode(stream, {}, event_bytes_max);
    std::vector<std::size_t> every_byte;
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        EXPECT_EQ(decode(stream, {cut}, event_bytes_max), whole) << "cut at " << cut;
        every_byte.push_back(cut);
        for (std::size_t second = cut; stream.size() < 64 && second <= stream.size(); ++second) {
            EXPECT_EQ(decode(stream, {cut, second}, event_bytes_max), whole) << "cut at " << cut << " and " << second;
        }
    }
    EXPECT_EQ(decode(stream, every_byte, event_bytes_max), whole) << "byte by byte";
    return whole;
}

OwnedEvent data(std::string text, std::string name = {}) {
    return {SseEvent::Kind::Data, std::move(name), std::move(text)};
}

OwnedEvent comment(std::string text) {
    return {SseEvent::Kind::Comment, {}, std::move(text)};
}

struct StreamCase {
    std::string_view name;
    std::string stream;
    std::vector<OwnedEvent> events;
    bool partial = false;
};

std::vector<StreamCase> stream_cases() {
    return {
        {"empty stream", "", {}},
        {"one event", "data: a\n\n", {data("a")}},
        {"two events", "data: a\n\ndata: b\n\n", {data("a"), data("b")}},
        {"CRLF", "data: a\r\n\r\ndata: b\r\n\r\n", {data("a"), data("b")}},
        {"bare CR", "data: a\r\rdata: b\r\r", {data("a"), data("b")}},
        {"line ends mixed", "data: a\r\n\ndata: b\r\r\ndata: c\n\r\n\r\n", {data("a"), data("b"), data("c")}},
        {"CR and LF are two line ends only together", "data: a\n\r\ndata: b\n\rdata: c\r\n\r", {data("a"), data("b"), data("c")}},
        {"no space", "data:a\n\n", {data("a")}},
        {"only one space is dropped", "data:  a \n\n", {data(" a ")}},
        {"a tab stays", "data:\ta\n\n", {data("\ta")}},
        {"field without colon", "data\n\n", {data("")}},
        {"empty data", "data:\n\n", {data("")}},
        {"data of one space", "data: \n\n", {data("")}},
        {"two empty data lines", "data\ndata\n\n", {data("\n")}},
        {"joined lines", "data: a\ndata: b\ndata: c\n\n", {data("a\nb\nc")}},
        {"joined lines with an empty one", "data: a\ndata:\ndata: c\n\n", {data("a\n\nc")}},
        {"joined lines with CRLF", "data: a\r\ndata: b\r\n\r\n", {data("a\nb")}},
        {"colons in the data", "data: a:b: c\n\n", {data("a:b: c")}},
        {"named event", "event: ping\ndata: a\n\n", {data("a", "ping")}},
        {"name behind the data", "data: a\nevent: ping\n\n", {data("a", "ping")}},
        {"last name counts", "event: x\nevent: y\ndata: a\n\n", {data("a", "y")}},
        {"name emptied", "event: x\nevent\ndata: a\n\n", {data("a")}},
        {"name lasts one event", "event: x\ndata: a\n\ndata: b\n\n", {data("a", "x"), data("b")}},
        {"name without data", "event: x\n\ndata: a\n\n", {data("a")}},
        {"id and retry ignored", "id: 1\nretry: 10\ndata: a\n\n", {data("a")}},
        {"unknown field ignored", "foo: bar\ndata: a\nbaz\n\n", {data("a")}},
        {"only unknown fields", "foo: bar\n\nid: 3\n\n", {}},
        {"field names are exact", "Data: a\n data: b\ndata : c\ndatax: d\ndat: e\n\n", {}},
        {"comment", ": ping\n\n", {comment("ping")}},
        {"comment without space", ":ping\n\n", {comment("ping")}},
        {"empty comment", ":\n\n", {comment("")}},
        {"last comment counts", ": a\n: b\n\n", {comment("b")}},
        {"comment before data", ": ping\ndata: a\n\n", {data("a")}},
        {"comment behind data", "data: a\n: ping\n\n", {data("a")}},
        {"comment between data", "data: a\n: ping\ndata: b\n\n", {data("a\nb")}},
        {"comment with a field", ": ping\nid: 1\n\n", {}},
        {"comment between events", "data: a\n\n: ping\n\ndata: b\n\n", {data("a"), comment("ping"), data("b")}},
        {"empty lines", "\n\n\r\n\rdata: a\n\n\n\n", {data("a")}},
        {"byte order mark",
         "\xEF\xBB\xBF"
         "data: a\n\n",
         {data("a")}},
        {"byte order mark before an empty line", "\xEF\xBB\xBF\ndata: a\n\n", {data("a")}},
        {"two byte order marks",
         "\xEF\xBB\xBF\xEF\xBB\xBF"
         "data: a\n\ndata: b\n\n",
         {data("b")}},
        {"byte order mark later",
         "data: a\n\n\xEF\xBB\xBF"
         "data: b\n\n",
         {data("a")}},
        {"half a byte order mark",
         "\xEF\xBB"
         "data: a\n\ndata: b\n\n",
         {data("b")}},
        {"only a byte order mark", "\xEF\xBB\xBF", {}},
        {"cut byte order mark", "\xEF\xBB", {}, true},
        {"UTF-8 in the data", "data: \xe2\x82\xac\n\n", {data("\xe2\x82\xac")}},
        {"NUL in the data", std::string("data: a\0b\n\n", 11), {data(std::string("a\0b", 3))}},
        {"unfinished line", "data: a\n\ndata: b", {data("a")}, true},
        {"unfinished event", "data: a\n\ndata: b\n", {data("a")}, true},
        {"unfinished event with CR", "data: a\r", {}, true},
        {"unfinished name", "event: x\n", {}, true},
        {"unfinished field name", "dat", {}, true},
        {"unfinished comment", ": pi", {}},
        {"comment without its empty line", ": ping\n", {}},
        {"unfinished data behind a comment", ": ping\nda", {}, true},
        {"done marker", "data: {\"a\":1}\n\ndata: [DONE]\n\n", {data("{\"a\":1}"), data("[DONE]")}},
    };
}

TEST(SseDecoder, DecodesEveryStreamHoweverItIsCut) {
    for (const StreamCase& c : stream_cases()) {
        SCOPED_TRACE(c.name);
        EXPECT_EQ(decode_every_way(c.stream), (Decoded{c.events, false, c.partial}));
    }
}

TEST(SseDecoder, DecodesAllStreamsOneAfterTheOther) {
    std::string stream;
    std::vector<OwnedEvent> events;
    for (const StreamCase& c : stream_cases()) {
        if (!c.partial && c.name.find("comment") == std::string_view::npos && c.name.find("mark") == std::string_view::npos) {
            // A line feed first: the stream before may end with a carriage return.
            stream += "\n" + c.stream;
            events.insert(events.end(), c.events.begin(), c.events.end());
        }
    }
    EXPECT_EQ(decode_every_way(stream), (Decoded{events, false, false}));
}

TEST(SseDecoder, AgreesWithItselfOnRandomStreamsCutAtRandom) {
    constexpr std::string_view kPieces[] = {"data: ", "data", ":",    " ", "event: ",      "\n",
                                            "\r",     "\r\n", "\n\n", "x", "\xEF\xBB\xBF", "id:1"};
    std::mt19937 random(11);
    const auto below = [&random](std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random); };
    for (int round = 0; round < 3'000; ++round) {
        std::string stream;
        for (std::size_t i = below(30); i > 0; --i) {
            stream += kPieces[below(std::size(kPieces))];
        }
        std::vector<std::size_t> cuts;
        for (std::size_t cut = below(8); cut < stream.size(); cut += below(8)) {
            cuts.push_back(cut);
        }
        const std::size_t bound = 8 + below(30);
        ASSERT_EQ(decode(stream, cuts, bound), decode(stream, {}, bound)) << testing::PrintToString(stream);
    }
}

TEST(SseDecoder, GivesViewsOfThePieceForAWholeEvent) {
    const std::string piece = "event: delta\ndata: {\"a\":1}\n\ndata: b\n\n";
    SseDecoder decoder;
    decoder.feed(piece);
    SseEvent event;
    for (int i = 0; i < 2; ++i) {
        ASSERT_EQ(decoder.next(event), SseDecoder::Status::Event);
        EXPECT_GE(event.data.data(), piece.data());
        EXPECT_LT(event.data.data(), piece.data() + piece.size());
    }
    EXPECT_EQ(decoder.next(event), SseDecoder::Status::NeedInput);
}

TEST(SseDecoder, AcceptsAnEventOfExactlyTheBound) {
    // "data: abcd" and its line end are eleven bytes.
    EXPECT_EQ(decode_every_way("data: abcd\n\n", 11), (Decoded{{data("abcd")}, false, false}));
    EXPECT_EQ(decode_every_way("data: abcd\r\n\r\n", 11), (Decoded{{data("abcd")}, false, false}));
}

TEST(SseDecoder, RefusesAnEventBeyondTheBound) {
    EXPECT_EQ(decode_every_way("data: ok\n\ndata: abcde\n\n", 11), (Decoded{{data("ok")}, true, false}));
    EXPECT_EQ(decode_every_way("data: abcdefghijkl", 11), (Decoded{{}, true, false}));
    EXPECT_EQ(decode_every_way("data:a\ndata:b\n\n", 11), (Decoded{{}, true, false}));
    EXPECT_EQ(decode_every_way("event: x\ndata: a\n\n", 11), (Decoded{{}, true, false}));
    EXPECT_EQ(decode_every_way("id: 1234567890\n\n", 11), (Decoded{{}, true, false}));
    EXPECT_EQ(decode_every_way(": 1234567890\n\n", 11), (Decoded{{}, true, false}));
}

TEST(SseDecoder, CountsEachEventByItself) {
    std::string stream;
    std::vector<OwnedEvent> events;
    for (int i = 0; i < 10; ++i) {
        stream += "data: abcd\n\n";
        events.push_back(data("abcd"));
    }
    EXPECT_EQ(decode_every_way(stream, 11), (Decoded{events, false, false}));
}

TEST(SseDecoder, StaysFailedUntilReset) {
    SseDecoder decoder(8);
    SseEvent event;
    decoder.feed("data: much too long\n\n");
    EXPECT_EQ(decoder.next(event), SseDecoder::Status::TooLarge);
    EXPECT_EQ(decoder.next(event), SseDecoder::Status::TooLarge);
    decoder.feed("data:a\n\n");
    EXPECT_EQ(decoder.next(event), SseDecoder::Status::TooLarge);
    decoder.reset();
    decoder.feed("data:a\n\n");
    ASSERT_EQ(decoder.next(event), SseDecoder::Status::Event);
    EXPECT_EQ(event.data, "a");
}

TEST(SseDecoder, ForgetsEverythingOnReset) {
    for (const std::string_view begun :
         {"data: a", "data: a\n", "event: x\n", "data: a\ndata: b\n", ": c\n", "data: a\r", "\xEF\xBB"}) {
        SCOPED_TRACE(begun);
        SseDecoder decoder;
        SseEvent event;
        decoder.feed(begun);
        EXPECT_EQ(decoder.next(event), SseDecoder::Status::NeedInput);
        decoder.reset();
        EXPECT_FALSE(decoder.holds_partial_event());
        decoder.feed(
            "\xEF\xBB\xBF"
            "data: new\n\n");
        ASSERT_EQ(decoder.next(event), SseDecoder::Status::Event);
        EXPECT_EQ(event.data, "new");
        EXPECT_EQ(event.name, "");
    }
}

TEST(SseDecoder, HoldsNothingRightAfterAnEvent) {
    SseDecoder decoder;
    SseEvent event;
    decoder.feed("data: a\n\n");
    ASSERT_EQ(decoder.next(event), SseDecoder::Status::Event);
    EXPECT_FALSE(decoder.holds_partial_event());
    EXPECT_EQ(decoder.next(event), SseDecoder::Status::NeedInput);
    EXPECT_FALSE(decoder.holds_partial_event());
}

TEST(SseDecoder, ReadsALargeEventByteByByteInLinearTime) {
    // Quadratic work on a megabyte of single bytes would take minutes.
    const std::string payload(1'000'000, 'x');
    const std::string stream = "event: " + std::string(40'000, 'n') + "\ndata: a\ndata: " + payload + "\n\n";
    SseDecoder decoder(std::size_t{2} << 20U);
    SseEvent event;
    bool seen = false;
    for (const char& byte : stream) {
        decoder.feed({&byte, 1});
        while (decoder.next(event) == SseDecoder::Status::Event) {
            seen = true;
            EXPECT_EQ(event.data.size(), payload.size() + 2);
        }
    }
    EXPECT_TRUE(seen);
}

TEST(SseDecoder, ReadsManyShortLinesInLinearTime) {
    std::string stream;
    for (int i = 0; i < 500'000; ++i) {
        stream += "\r";
    }
    stream += "data: a\r\r";
    SseDecoder decoder;
    SseEvent event;
    decoder.feed(stream);
    ASSERT_EQ(decoder.next(event), SseDecoder::Status::Event);
    EXPECT_EQ(event.data, "a");
}

}  // namespace
}  // namespace tierway::wire
