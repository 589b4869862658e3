#include "gateway/stream_machine.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "wire/event_stream_frames.hpp"

namespace tierway::gateway {
namespace {

using std::chrono::seconds;

constexpr SteadyTime kStart{seconds{1'000}};

std::string chunk(std::string_view delta, std::string_view finish = "null", std::string_view id = "chatcmpl-1") {
    return "data: {\"id\":\"" + std::string(id) +
           R"(","object":"chat.completion.chunk","model":"m-2025","choices":[{"index":0,"delta":)" + std::string(delta) +
           R"(,"finish_reason":)" + std::string(finish) + "}]}\n\n";
}

std::string text(std::string_view words, std::string_view id = "chatcmpl-1") {
    return chunk(R"({"content":")" + std::string(words) + "\"}", "null", id);
}

const std::string kRole = chunk(R"({"role":"assistant","content":""})");
const std::string kStop = chunk("{}", "\"stop\"");
constexpr std::string_view kUsage =
    "data: "
    "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_"
    "tokens\":2,"
    "\"total_tokens\":5}}\n\n";
constexpr std::string_view kDone = "data: [DONE]\n\n";
constexpr std::string_view kToolPiece =
    R"({"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":"{\"a"}}]})";

/// A machine with a client: what is let go is what the client has.
struct Driven {
    explicit Driven(StreamSettings settings = {}) : machine(make(settings), parser, delivered, kStart) {}
    Driven(StreamSettings settings, DeliveredAnswer before)
        : delivered(std::move(before)), machine(make(settings), parser, delivered, kStart) {}

    static StreamSettings make(StreamSettings settings) {
        settings.model_json = "\"sim/m\"";
        settings.provider_name = "sim";
        return settings;
    }

    Result<void> take(std::string_view bytes) {
        const std::array<std::string_view, 1> pieces{bytes};
        auto taken = machine.take(pieces);
        if (machine.wants_to_send()) {
            client += machine.pending();
            machine.sent();
        }
        return taken;
    }
    [[nodiscard]] std::string text_of_client() const {
        std::string all;
        for (std::size_t at = client.find("data: "); at != std::string::npos; at = client.find("data: ", at + 1)) {
            const auto event = nlohmann::json::parse(client.substr(at + 6, client.find("\n\n", at) - at - 6));
            all += event["choices"][0]["delta"].value("content", "");
        }
        return all;
    }

    wire::JsonParser parser;
    DeliveredAnswer delivered;
    StreamMachine machine;
    std::string client;
};

TEST(StreamMachine, KeepsThePreambleUntilTheFirstContent) {
    Driven driven;
    ASSERT_TRUE(driven.take(": ping\n\n" + kRole + chunk("{}")));
    EXPECT_EQ(driven.client, "");
    ASSERT_TRUE(driven.take(text("Hello")));
    EXPECT_EQ(driven.text_of_client(), "Hello");
    EXPECT_NE(driven.client.find("\"role\":\"assistant\""), std::string::npos);
    EXPECT_EQ(driven.client.find("m-2025"), std::string::npos);
}

TEST(StreamMachine, TakesAnErrorInThePreambleForAFailureNobodyNeedsToSee) {
    Driven driven;
    const auto taken = driven.take(kRole + "data: {\"error\":{\"message\":\"overloaded\",\"type\":\"server_error\"}}\n\n");
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().source(), ErrorSource::Upstream);
    EXPECT_EQ(driven.client, "");
}

TEST(StreamMachine, IsWholeWithAFinishReasonAndWithoutDone) {
    Driven driven({.include_usage = true});
    ASSERT_TRUE(driven.take(text("Hello") + kStop + std::string(kUsage)));
    EXPECT_FALSE(driven.machine.done());
    EXPECT_TRUE(driven.machine.check_end());
    EXPECT_NE(driven.machine.usage_chunk().find("\"total_tokens\":5"), std::string::npos);
}

TEST(StreamMachine, IsTruncatedWithDoneAndWithoutAFinishReason) {
    Driven driven;
    ASSERT_TRUE(driven.take(text("Hello") + std::string(kDone)));
    EXPECT_TRUE(driven.machine.done());
    const auto ended = driven.machine.check_end();
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code(), "upstream_truncated");
}

TEST(StreamMachine, WaitsForContentWithoutCountingCommentsAndThenForEachEvent) {
    Driven driven({.timeouts = {.first_content = seconds{30}, .idle = seconds{5}}});
    ASSERT_TRUE(driven.take(": ping\n\n" + kRole));
    EXPECT_EQ(driven.machine.deadline(kStart + seconds{20}), kStart + seconds{30});
    ASSERT_TRUE(driven.take(text("Hello")));
    EXPECT_EQ(driven.machine.deadline(kStart + seconds{25}), kStart + seconds{30});
    EXPECT_EQ(driven.machine.deadline(kStart + seconds{27}), kStart + seconds{32});
}

TEST(StreamMachine, CallsSilenceBeforeContentATimeoutAndAfterItAStall) {
    const Error stalled = Error::upstream(ErrorKind::UpstreamStalled, "upstream_stalled", "x");
    Driven driven;
    EXPECT_EQ(driven.machine.read_failure(stalled).kind(), ErrorKind::UpstreamTimeout);
    ASSERT_TRUE(driven.take(text("Hello")));
    EXPECT_EQ(driven.machine.read_failure(stalled).kind(), ErrorKind::UpstreamStalled);
}

TEST(StreamMachine, DropsThreeMalformedEventsAfterContentAndFailsAtTheFourth) {
    Driven driven;
    ASSERT_TRUE(driven.take(text("a")));
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(driven.take("data: {broken\n\n"));
    }
    ASSERT_TRUE(driven.take(text("b")));
    EXPECT_EQ(driven.text_of_client(), "ab");
    EXPECT_EQ(driven.machine.malformed(), 3U);
    const auto taken = driven.take("data: {broken\n\n");
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code(), "upstream_malformed");
}

TEST(StreamMachine, FailsAtAMalformedEventBeforeContentOrInsideAToolCall) {
    Driven early;
    EXPECT_FALSE(early.take("data: {broken\n\n"));
    Driven calling;
    ASSERT_TRUE(calling.take(chunk(kToolPiece)));
    EXPECT_FALSE(calling.take("data: {broken\n\n"));
}

TEST(StreamMachine, LetsWhatCameBeforeAnErrorOfTheSameBytesBeSent) {
    Driven driven;
    ASSERT_TRUE(driven.take(text("a")));
    EXPECT_FALSE(driven.take(text("b") + "data: {\"error\":{\"message\":\"gone\"}}\n\n" + text("c")));
    EXPECT_EQ(driven.text_of_client(), "ab");
}

TEST(StreamMachine, HoldsAJudgedAnswerToItsEnd) {
    Driven driven({.mode = StreamMode::Hold});
    ASSERT_TRUE(driven.take(kRole + text("Hello") + kStop + std::string(kDone)));
    EXPECT_EQ(driven.client, "");
    EXPECT_TRUE(driven.machine.check_end());
    EXPECT_EQ(driven.machine.reader().answer().choices.at(0).content, "Hello");
}

TEST(StreamMachine, BuffersUpToItsBoundAndThenRelays) {
    Driven driven({.mode = StreamMode::Buffer, .buffer_bytes_max = 600});
    ASSERT_TRUE(driven.take(kRole + text("one ")));
    EXPECT_EQ(driven.client, "");
    ASSERT_TRUE(driven.take(text("two ") + text("three ") + text("four ")));
    EXPECT_EQ(driven.text_of_client(), "one two three four ");
    ASSERT_TRUE(driven.take(text("five")));
    EXPECT_EQ(driven.text_of_client(), "one two three four five");
}

TEST(StreamMachine, CountsAndKeepsWhatWasDeliveredAndNothingElse) {
    Driven driven({.keep_text = true});
    ASSERT_TRUE(driven.take(kRole));
    EXPECT_EQ(driven.delivered.events, 0U);
    ASSERT_TRUE(driven.take(text("Hel") + text("lo")));
    EXPECT_EQ(driven.delivered.events, 3U);
    EXPECT_EQ(driven.delivered.text, "Hello");
    EXPECT_EQ(driven.delivered.id, "\"chatcmpl-1\"");
    EXPECT_TRUE(driven.delivered.text_only);
    ASSERT_TRUE(driven.take(chunk(kToolPiece)));
    EXPECT_FALSE(driven.delivered.text_only);
}

DeliveredAnswer half_delivered() {
    DeliveredAnswer delivered;
    delivered.id = "\"chatcmpl-first\"";
    delivered.text = "The parcel left the depot on Monday";
    delivered.events = 4;
    return delivered;
}

TEST(StreamMachine, ContinuesUnderTheFirstIdWithoutASecondRole) {
    Driven driven({.keep_text = true, .continues = true}, half_delivered());
    const std::string longer = " and reaches you on Thursday at the latest, said the driver, if it does not rain.";
    ASSERT_TRUE(driven.take(kRole + text(longer) + text(" Bye.") + kStop + std::string(kDone)));
    driven.client += driven.machine.pending();
    EXPECT_EQ(driven.text_of_client(), longer + " Bye.");
    EXPECT_EQ(driven.client.find("role"), std::string::npos);
    EXPECT_EQ(driven.client.find("chatcmpl-1"), std::string::npos);
    EXPECT_NE(driven.client.find("chatcmpl-first"), std::string::npos);
    EXPECT_EQ(driven.delivered.text, half_delivered().text + longer + " Bye.");
    EXPECT_TRUE(driven.machine.check_end());
}

TEST(StreamMachine, RemovesWhatAContinuationRepeats) {
    for (const std::size_t piece : {1U, 5U, 200U}) {
        Driven driven({.continues = true}, half_delivered());
        const std::string answer = "the depot on Monday and reaches you on Thursday, at the very latest, before noon.";
        std::string stream = kRole;
        for (std::size_t at = 0; at < answer.size(); at += piece) {
            stream += text(answer.substr(at, piece));
        }
        ASSERT_TRUE(driven.take(stream + kStop + std::string(kDone)));
        driven.client += driven.machine.pending();
        EXPECT_EQ(driven.text_of_client(), " and reaches you on Thursday, at the very latest, before noon.") << piece;
    }
}

TEST(StreamMachine, ShowsAShortContinuationWithItsEnd) {
    Driven driven({.continues = true}, half_delivered());
    ASSERT_TRUE(driven.take(kRole + text(" at ") + text("noon.") + kStop + std::string(kDone)));
    driven.client += driven.machine.pending();
    EXPECT_EQ(driven.text_of_client(), " at noon.");
    EXPECT_NE(driven.client.find("\"finish_reason\":\"stop\""), std::string::npos);
}

TEST(RepeatedBytes, FindsTheLongestRepeatOfAtLeastEightBytesInWholeCharacters) {
    EXPECT_EQ(repeated_bytes("on the way to Oslo", "way to Oslo today"), 11U);
    EXPECT_EQ(repeated_bytes("haha", "haha"), 0U);
    EXPECT_EQ(repeated_bytes("abc", ""), 0U);
    EXPECT_EQ(repeated_bytes("", "abcdefghij"), 0U);
    EXPECT_EQ(repeated_bytes(std::string(100, 'x'), std::string(100, 'x')), kRepeatedBytesMax);
    EXPECT_EQ(repeated_bytes("12345678\xC3\xA9", "12345678\xC3\xA9!"), 10U);
}

std::string event(std::string_view name, std::string_view data) {
    return "event: " + std::string(name) + "\ndata: " + std::string(data) + "\n\n";
}

/// A short answer as Anthropic streams it.
std::string anthropic_stream() {
    return event("message_start", R"({"type":"message_start","message":{"id":"msg_1","model":"claude","usage":{"input_tokens":3,"output_tokens":1}}})") +
           event("content_block_start", R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})") +
           event("content_block_delta", R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}})") +
           event("content_block_stop", R"({"type":"content_block_stop","index":0})") +
           event("message_delta", R"({"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}})") +
           event("message_stop", R"({"type":"message_stop"})");
}

StreamSettings between(dialect::Dialect upstream, dialect::Dialect door) {
    StreamSettings settings;
    settings.upstream = upstream;
    settings.door.door = door;
    settings.door.id = "r1";
    settings.door.model = "sim/m";
    settings.include_usage = true;
    return settings;
}

TEST(StreamMachine, TellsAClientOfChatWhatAnotherDialectSays) {
    Driven driven(between(dialect::Dialect::Anthropic, dialect::Dialect::Chat));
    ASSERT_TRUE(driven.take(anthropic_stream()));
    EXPECT_TRUE(driven.machine.done());
    EXPECT_TRUE(driven.machine.check_end());
    EXPECT_NE(driven.client.find(R"("content":"Hi")"), std::string::npos);
    EXPECT_NE(driven.client.find(R"("model":"sim/m")"), std::string::npos);
    EXPECT_EQ(driven.client.find("event:"), std::string::npos);
    EXPECT_NE(driven.machine.usage_chunk().find(R"("completion_tokens":2)"), std::string::npos);
}

TEST(StreamMachine, TellsAClientOfAnotherDialectWhatChatSays) {
    Driven driven(between(dialect::Dialect::Chat, dialect::Dialect::Anthropic));
    ASSERT_TRUE(driven.take(kRole + text("Hi") + kStop + std::string(kUsage) + std::string(kDone)));
    ASSERT_TRUE(driven.machine.door_stream());
    driven.machine.door_stream()->end({"{}", true}, driven.client);
    EXPECT_TRUE(driven.client.starts_with("event: message_start\n"));
    EXPECT_NE(driven.client.find(R"("text":"Hi")"), std::string::npos);
    EXPECT_NE(driven.client.find(R"("output_tokens":2)"), std::string::npos);
    EXPECT_TRUE(driven.client.ends_with("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"));
}

TEST(StreamMachine, PassesEventsOnWhereBothSidesSpeakTheSameAndKeepsTheLastOne) {
    Driven driven(between(dialect::Dialect::Anthropic, dialect::Dialect::Anthropic));
    std::string expected = anthropic_stream();
    const std::size_t last = expected.find("event: message_stop");
    ASSERT_TRUE(driven.take(expected));
    EXPECT_EQ(driven.machine.last_event(), expected.substr(last));
    expected.resize(last);
    expected.replace(expected.find("\"claude\""), 8, "\"sim/m\"");
    EXPECT_EQ(driven.client, expected);
    EXPECT_EQ(driven.machine.reader().answer().usage->prompt, 3);
}

TEST(StreamMachine, TakesAProvidersErrorInAnyDialect) {
    Driven driven(between(dialect::Dialect::Anthropic, dialect::Dialect::Chat));
    const auto taken = driven.take(event("error", R"({"type":"error","error":{"type":"overloaded_error","message":"busy"}})"));
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().kind(), ErrorKind::UpstreamUnavailable);
}

TEST(StreamMachine, ReadsTheFramesOfAnEventStream) {
    Driven driven(between(dialect::Dialect::Converse, dialect::Dialect::Chat));
    ASSERT_TRUE(driven.take(wire::event_message("messageStart", R"({"role":"assistant"})") +
                            wire::event_message("contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"text":"Hi"}})") +
                            wire::event_message("messageStop", R"({"stopReason":"end_turn"})") +
                            wire::event_message("metadata", R"({"usage":{"inputTokens":3,"outputTokens":2,"totalTokens":5}})")));
    EXPECT_TRUE(driven.machine.done());
    EXPECT_TRUE(driven.machine.check_end());
    EXPECT_NE(driven.client.find(R"("content":"Hi")"), std::string::npos);
    EXPECT_NE(driven.machine.usage_chunk().find(R"("completion_tokens":2)"), std::string::npos);
}

TEST(StreamMachine, AnyFailureThatEndsAnEventStreamIsOne) {
    const std::string named = wire::exception_message("throttlingException", R"({"message":"slow"})");
    const std::string in_words = wire::event_stream_message(wire::string_header(":message-type", "error") +
                                                                wire::string_header(":error-code", "InternalFailure") +
                                                                wire::string_header(":error-message", "It broke."),
                                                            "");
    for (const auto& [frame, code] : {std::pair(named, "rate_limit_exceeded"), std::pair(in_words, "upstream_unavailable")}) {
        Driven driven(between(dialect::Dialect::Converse, dialect::Dialect::Chat));
        const auto taken = driven.take(frame);
        ASSERT_FALSE(taken) << code;
        EXPECT_EQ(taken.error().code(), code);
    }
}

TEST(StreamMachine, AnAnswerOfGeminiEndsWithItsFinishReason) {
    Driven driven(between(dialect::Dialect::Gemini, dialect::Dialect::Chat));
    ASSERT_TRUE(driven.take(R"(data: {"candidates":[{"content":{"parts":[{"text":"Hi"}]}}],"usageMetadata":{"promptTokenCount":3}})"
                            "\r\n\r\n"));
    EXPECT_FALSE(driven.machine.check_end()) << "it was cut";
    ASSERT_TRUE(driven.take(R"(data: {"candidates":[{"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":2}})"
                            "\r\n\r\n"));
    EXPECT_TRUE(driven.machine.check_end());
    EXPECT_NE(driven.client.find(R"("content":"Hi")"), std::string::npos);
    EXPECT_NE(driven.machine.usage_chunk().find(R"("completion_tokens":2)"), std::string::npos) << "the last of several";
}

TEST(StreamMachine, TellsTheTextOfAContentInParts) {
    StreamSettings settings;
    settings.content_parts = true;
    Driven driven(settings);
    ASSERT_TRUE(driven.take(chunk(R"({"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},{"type":"text","text":"Hi"}]})")));
    EXPECT_NE(driven.client.find(R"("content":"Hi")"), std::string::npos) << driven.client;
    EXPECT_NE(driven.client.find(R"("reasoning_content":"hm")"), std::string::npos) << driven.client;
}

TEST(StreamMachine, CountsTheLastUsageOfSeveral) {
    StreamSettings settings;
    settings.include_usage = true;
    Driven driven(settings);
    std::string second(kUsage);
    second.replace(second.find("\"completion_tokens\":2"), 21, "\"completion_tokens\":4");
    ASSERT_TRUE(driven.take(text("Hello") + kStop + std::string(kUsage) + second));
    EXPECT_EQ(driven.machine.usage_chunk().find("\"completion_tokens\":2"), std::string::npos);
    EXPECT_NE(driven.machine.usage_chunk().find("\"completion_tokens\":4"), std::string::npos);
}

}  // namespace
}  // namespace tierway::gateway
