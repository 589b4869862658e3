#include <gtest/gtest.h>

#include <memory>

#include "dialect/document.hpp"
#include "dialect/hostile_json.hpp"
#include "dialect/reply_text.hpp"
#include "tierway/dialect/gemini.hpp"
#include "tierway/wire/sse_decoder.hpp"

namespace tierway::dialect::gemini {
namespace {

using Texts = std::vector<std::string>;

/// Reads the events of a stream cut at `cuts`; an error is the last text.
Texts read_stream(std::string_view stream, std::vector<std::size_t> cuts) {
    wire::SseDecoder decoder;
    StreamReader reader;
    std::vector<ReplyEvent> events;
    cuts.push_back(stream.size());
    std::size_t begin = 0;
    for (const std::size_t cut : cuts) {
        const std::string piece(stream.substr(begin, cut - begin));
        begin = cut;
        decoder.feed(piece);
        wire::SseEvent event;
        while (decoder.next(event) == wire::SseDecoder::Status::Event) {
            const Document document{std::string(event.data)};
            if (const auto read = reader.read(event.name, document.root(), "google", events); !read) {
                Texts texts = texts_of(events);
                texts.push_back("error " + std::string(read.error().code()));
                return texts;
            }
        }
    }
    return texts_of(events);
}

/// Whole, byte by byte and cut at every offset; all must agree.
Texts read_every_way(std::string_view stream) {
    const Texts whole = read_stream(stream, {});
    std::vector<std::size_t> every_byte;
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        EXPECT_EQ(read_stream(stream, {cut}), whole) << "cut at " << cut;
        every_byte.push_back(cut);
    }
    EXPECT_EQ(read_stream(stream, every_byte), whole) << "byte by byte";
    return whole;
}

std::string event(const std::string& members) {
    return "data: {" + members + R"(,"modelVersion":"gemini-3-pro","responseId":"r1"})" + "\r\n\r\n";
}

std::string piece(const std::string& parts, const std::string& members = "") {
    return event(R"("candidates":[{"content":{"parts":[)" + parts + R"(],"role":"model"},"index":0)" + members + "}]");
}

TEST(GeminiStream, ReadsTextWithCumulativeUsage) {
    const std::string stream =
        event(R"("candidates":[{"content":{"parts":[{"text":"Hel"}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":5,"totalTokenCount":5})") +
        event(R"("candidates":[{"content":{"parts":[{"text":"lo"}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":2,"totalTokenCount":7})");
    EXPECT_EQ(read_every_way(stream),
              (Texts{"begin r1 gemini-3-pro 5+0 cached 0 written 0 reasoning 0", "text 0 Hel", "usage 5+0 cached 0 written 0 reasoning 0",
                     "text 0 lo", "finish 0 stop", "usage 5+2 cached 0 written 0 reasoning 0"}));
}

TEST(GeminiStream, ReadsThoughtsTheirSignatureAndCallsThatComeWhole) {
    const std::string stream = piece(R"({"text":"Let me ","thought":true})") + piece(R"({"text":"see.","thought":true})") +
                               piece(R"({"text":"","thought":true,"thoughtSignature":"s1"})") +
                               piece(R"({"functionCall":{"id":"a","name":"f","args":{"x": [1, 2]}},"thoughtSignature":"s2"})") +
                               piece(R"({"functionCall":{"id":"b","name":"g"}})") + piece("", R"(,"finishReason":"STOP")");
    EXPECT_EQ(read_every_way(stream),
              (Texts{"begin r1 gemini-3-pro", "reasoning 0 Let me ", "reasoning 0 see.", "seal 0 gemini s1", "call 0 0 a f sealed s2",
                     "arguments 0 0 {\"x\": [1, 2]}", "call 0 1 b g", "arguments 0 1 {}", "finish 0 tool_calls"}))
        << "calls of earlier events count for the finish reason";
}

TEST(GeminiStream, ASignatureBehindTheTextIsSealedAlone) {
    EXPECT_EQ(read_every_way(piece(R"({"text":"Hi"})") + piece(R"({"text":"","thoughtSignature":"s"})", R"(,"finishReason":"STOP")")),
              (Texts{"begin r1 gemini-3-pro", "text 0 Hi", "seal 0 gemini! s", "finish 0 stop"}));
}

TEST(GeminiStream, ChoicesAreToldApart) {
    const std::string stream = event(R"("candidates":[{"index":1,"content":{"parts":[{"text":"b"}]}},{"index":0,"content":{"parts":[{"text":"a"}]}}])") +
                               event(R"("candidates":[{"index":0,"finishReason":"STOP"},{"index":1,"finishReason":"MAX_TOKENS"}])");
    EXPECT_EQ(read_every_way(stream),
              (Texts{"begin r1 gemini-3-pro", "text 1 b", "text 0 a", "finish 0 stop", "finish 1 length"}));
}

TEST(GeminiStream, NothingIsSaidBehindTheFinish) {
    EXPECT_EQ(read_every_way(piece(R"({"text":"a"})", R"(,"finishReason":"STOP")") + piece(R"({"text":"b"})", R"(,"finishReason":"STOP")") +
                             event(R"("promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":1})")),
              (Texts{"begin r1 gemini-3-pro", "text 0 a", "finish 0 stop", "usage 1+0 cached 0 written 0 reasoning 0"}));
}

TEST(GeminiStream, ABlockedPromptFinishesAtOnce) {
    EXPECT_EQ(read_every_way(event(R"("promptFeedback":{"blockReason":"PROHIBITED_CONTENT"})")),
              (Texts{"begin r1 gemini-3-pro", "finish 0 content_filter"}));
}

TEST(GeminiStream, AnErrorEndsIt) {
    EXPECT_EQ(read_every_way(piece(R"({"text":"a"})") +
                             "data: {\"error\":{\"code\":503,\"message\":\"overloaded\",\"status\":\"UNAVAILABLE\"}}\n\n"),
              (Texts{"begin r1 gemini-3-pro", "text 0 a", "error upstream_unavailable"}));
    EXPECT_EQ(read_every_way(piece("", R"(,"finishReason":"MALFORMED_FUNCTION_CALL")")),
              (Texts{"begin r1 gemini-3-pro", "error upstream_unavailable"}));
    EXPECT_EQ(read_every_way("data: [1,2]\n\n"), (Texts{"error upstream_malformed"}));
    EXPECT_EQ(read_every_way("data: {\"candidates\":7}\n\n"), (Texts{"error upstream_malformed"}));
}

TEST(GeminiStream, LogProbabilitiesRideOnTheFirstTextOfTheirEvent) {
    const std::string logprobs = R"(,"logprobsResult":{"chosenCandidates":[{"token":"a","logProbability":-0.5}]})";
    EXPECT_EQ(read_every_way(piece(R"({"text":"a"},{"text":"b"})", logprobs)),
              (Texts{"begin r1 gemini-3-pro", R"(text 0 a [{"token":"a","logprob":-0.5,"bytes":null,"top_logprobs":[]}])", "text 0 b"}));
}

TEST(GeminiStream, BoundsTheCallsOfAChoiceOverAllEvents) {
    StreamReader reader;
    std::vector<ReplyEvent> events;
    const Document document(R"({"candidates":[{"content":{"parts":[{"functionCall":{"name":"f"}}]}}]})");
    for (int i = 0; i < 128; ++i) {
        ASSERT_TRUE(reader.read({}, document.root(), "google", events));
    }
    EXPECT_FALSE(reader.read({}, document.root(), "google", events));
}

TEST(GeminiStream, WhateverStandsInAPlaceItIsEventsOrAnError) {
    const std::string sample = R"({"candidates":[{"content":{"parts":[{"text":"Hm","thought":true,"thoughtSignature":"s"},
        {"functionCall":{"id":"c","name":"f","args":{"a":1}}}],"role":"model"},"finishReason":"STOP","index":0}],
        "promptFeedback":{"blockReason":"x"},"usageMetadata":{"promptTokenCount":1},"modelVersion":"m","responseId":"r"})";
    for (const std::string& variant : hostile_variants(sample)) {
        StreamReader reader;
        std::vector<ReplyEvent> events;
        const Document document(variant);
        const Document sound(sample);
        static_cast<void>(reader.read({}, document.root(), "google", events));
        static_cast<void>(reader.read({}, sound.root(), "google", events));
        EXPECT_LE(std::count_if(events.begin(), events.end(), [](const ReplyEvent& e) { return e.kind == ReplyEvent::Kind::Begin; }), 1);
    }
}

}  // namespace
}  // namespace tierway::dialect::gemini
