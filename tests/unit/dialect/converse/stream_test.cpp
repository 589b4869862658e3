#include <gtest/gtest.h>

#include "dialect/document.hpp"
#include "dialect/hostile_json.hpp"
#include "dialect/reply_text.hpp"
#include "tierway/dialect/converse.hpp"
#include "tierway/wire/event_stream_decoder.hpp"
#include "wire/event_stream_frames.hpp"

namespace tierway::dialect::converse {
namespace {

using Texts = std::vector<std::string>;
using wire::event_message;

/// Reads the events of a stream of frames cut at `cuts`; an error is the last text.
Texts read_stream(std::string_view stream, std::vector<std::size_t> cuts) {
    wire::EventStreamDecoder decoder;
    StreamReader reader;
    std::vector<ReplyEvent> events;
    cuts.push_back(stream.size());
    std::size_t begin = 0;
    for (const std::size_t cut : cuts) {
        const std::string piece(stream.substr(begin, cut - begin));
        begin = cut;
        decoder.feed(piece);
        wire::EventStreamEvent event;
        while (decoder.next(event) == wire::EventStreamDecoder::Status::Event) {
            const Document document{std::string(event.data)};
            if (const auto read = reader.read(event.name, document.root(), "aws", events); !read) {
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

std::string start() {
    return event_message("messageStart", R"({"role":"assistant","p":"abcd"})");
}

std::string delta(int block, const std::string& members) {
    return event_message("contentBlockDelta", R"({"contentBlockIndex":)" + std::to_string(block) + R"(,"delta":{)" + members + "}}");
}

std::string call(int block, const std::string& id, const std::string& name) {
    return event_message("contentBlockStart", R"({"contentBlockIndex":)" + std::to_string(block) + R"(,"start":{"toolUse":{"toolUseId":")" + id +
                                                  R"(","name":")" + name + "\"}}}");
}

std::string block_stop(int block) {
    return event_message("contentBlockStop", R"({"contentBlockIndex":)" + std::to_string(block) + "}");
}

std::string stop(const std::string& reason) {
    return event_message("messageStop", R"({"stopReason":")" + reason + "\"}");
}

std::string metadata() {
    return event_message("metadata", R"({"usage":{"inputTokens":10,"outputTokens":5,"totalTokens":15},"metrics":{"latencyMs":3},"serviceTier":{"type":"default"}})");
}

TEST(ConverseStream, ReadsTextAndTheUsageBehindIt) {
    EXPECT_EQ(read_every_way(start() + delta(0, R"("text":"Hel")") + delta(0, R"("text":"lo")") + block_stop(0) + stop("end_turn") + metadata()),
              (Texts{"begin  ", "text 0 Hel", "text 0 lo", "finish 0 stop", "usage 10+5 cached 0 written 0 reasoning 0 default", "end"}));
}

TEST(ConverseStream, ReadsThoughtAndCalls) {
    EXPECT_EQ(read_every_way(start() + delta(0, R"("reasoningContent":{"text":"hm"})") + delta(0, R"("reasoningContent":{"signature":"s1"})") +
                             block_stop(0) + delta(1, R"("reasoningContent":{"redactedContent":"s2"})") + block_stop(1) +
                             call(2, "tooluse_1", "f") + delta(2, R"("toolUse":{"input":""})") + delta(2, R"("toolUse":{"input":"{\"a\":"})") +
                             delta(2, R"("toolUse":{"input":" 1}"})") + block_stop(2) + call(3, "tooluse_2", "g") + block_stop(3) +
                             stop("tool_use") + metadata()),
              (Texts{"begin  ", "reasoning 0 hm", "seal 0 anthropic s1", "seal 0 anthropic! s2", "call 0 0 tooluse_1 f", "arguments 0 0 {\"a\":",
                     "arguments 0 0  1}", "call 0 1 tooluse_2 g", "arguments 0 1 {}", "finish 0 tool_calls",
                     "usage 10+5 cached 0 written 0 reasoning 0 default", "end"}));
}

TEST(ConverseStream, CallsThatAreWovenIntoEachOtherAreToldApart) {
    EXPECT_EQ(read_every_way(call(1, "a", "f") + call(2, "b", "g") + delta(2, R"("toolUse":{"input":"{}"})") +
                             delta(1, R"("toolUse":{"input":"[]"})") + block_stop(2) + block_stop(1)),
              (Texts{"begin  ", "call 0 0 a f", "call 0 1 b g", "arguments 0 1 {}", "arguments 0 0 []"}));
}

TEST(ConverseStream, MetadataMayComeBeforeTheStop) {
    EXPECT_EQ(read_every_way(start() + metadata() + stop("max_tokens") + stop("end_turn") + metadata()),
              (Texts{"begin  ", "usage 10+5 cached 0 written 0 reasoning 0 default", "finish 0 length", "end",
                     "usage 10+5 cached 0 written 0 reasoning 0 default"}));
}

TEST(ConverseStream, WhatIsUnknownMeansNothing) {
    const std::string server_tool = event_message(
        "contentBlockStart", R"({"contentBlockIndex":1,"start":{"toolUse":{"toolUseId":"x","name":"search","type":"server_tool_use"}}})");
    EXPECT_EQ(read_every_way(event_message("initial-response", "{}") + start() + event_message("somethingNew", "[1]") +
                             event_message("contentBlockStart", R"({"contentBlockIndex":0,"start":{"image":{"format":"png"}}})") + server_tool +
                             delta(1, R"("toolUse":{"input":"{}"})") + block_stop(1) + block_stop(7) + delta(0, R"("citation":{"title":"t"})") +
                             call(2, "a", "f") + block_stop(2)),
              (Texts{"begin  ", "call 0 0 a f", "arguments 0 0 {}"}));
}

TEST(ConverseStream, AnExceptionEndsIt) {
    EXPECT_EQ(read_every_way(start() + delta(0, R"("text":"a")") + wire::exception_message("throttlingException", R"({"message":"slow"})")),
              (Texts{"begin  ", "text 0 a", "error rate_limit_exceeded"}));
    EXPECT_EQ(read_every_way(wire::exception_message("validationException", R"({"message":"Input is too long for requested model."})")),
              (Texts{"error context_length_exceeded"}));
    EXPECT_EQ(read_every_way(wire::exception_message("modelStreamErrorException", R"({"message":"x","originalStatusCode":500})")),
              (Texts{"error upstream_unavailable"}));
}

TEST(ConverseStream, WhatCannotBeIsMalformed) {
    EXPECT_EQ(read_every_way(start() + delta(0, R"("toolUse":{"input":"{}"})")), (Texts{"begin  ", "error upstream_malformed"}));
    EXPECT_EQ(read_every_way(start() + stop("")), (Texts{"begin  ", "error upstream_malformed"}));
    EXPECT_EQ(read_every_way(start() + stop("malformed_tool_use")), (Texts{"begin  ", "error upstream_unavailable"}));
    std::string calls;
    for (int i = 0; i < 128; ++i) {
        calls += call(i, "x", "f") + block_stop(i);
    }
    EXPECT_EQ(read_stream(calls, {}).back(), "arguments 0 127 {}");
    EXPECT_EQ(read_stream(calls + call(128, "x", "f"), {}).back(), "error upstream_malformed");
}

TEST(ConverseStream, WhateverStandsInAPlaceItIsEventsOrAnError) {
    const std::vector<std::pair<std::string, std::string>> samples = {
        {"contentBlockStart", R"({"contentBlockIndex":0,"start":{"toolUse":{"toolUseId":"x","name":"f"}}})"},
        {"contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"text":"a","toolUse":{"input":"{}"},"reasoningContent":{"text":"a","signature":"s","redactedContent":"r"}}})"},
        {"contentBlockStop", R"({"contentBlockIndex":0})"},
        {"messageStop", R"({"stopReason":"end_turn"})"},
        {"metadata", R"({"usage":{"inputTokens":1,"outputTokens":1},"serviceTier":{"type":"x"}})"},
        {"throttlingException", R"({"message":"slow"})"},
    };
    for (const auto& [name, sample] : samples) {
        for (const std::string& variant : hostile_variants(sample)) {
            StreamReader reader;
            std::vector<ReplyEvent> events;
            for (const auto& [sound_name, sound_sample] : samples) {
                const Document document(sound_name == name ? variant : sound_sample);
                static_cast<void>(reader.read(sound_name, document.root(), "aws", events));
            }
            ASSERT_FALSE(events.empty());
            EXPECT_EQ(events.front().kind, ReplyEvent::Kind::Begin);
        }
    }
    StreamReader reader;
    std::vector<ReplyEvent> events;
    EXPECT_FALSE(reader.read("internalServerException", wire::JsonValue(), "aws", events)) << "a payload that is no JSON";
}

}  // namespace
}  // namespace tierway::dialect::converse
