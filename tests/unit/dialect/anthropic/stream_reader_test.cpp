#include "dialect/anthropic/talk.hpp"

namespace tierway::dialect::anthropic {
namespace {

using Lines = std::vector<std::string>;

const std::string kStart =
    R"({"message":{"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[],"usage":{"input_tokens":25,"cache_read_input_tokens":5,"output_tokens":1,"service_tier":"standard"}}})";
const std::string kEnd = R"({"delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":15}})";

/// The stream of an answer that holds everything there is.
const std::string& full_stream() {
    static const std::string stream =
        stream_of({{"message_start", kStart},
                   {"content_block_start", R"({"index":0,"content_block":{"type":"thinking","thinking":"","signature":""}})"},
                   {"ping", "{}"},
                   {"content_block_delta", R"({"index":0,"delta":{"type":"thinking_delta","thinking":"Hm"}})"},
                   {"content_block_delta", R"({"index":0,"delta":{"type":"thinking_delta","thinking":", ja."}})"},
                   {"content_block_delta", R"({"index":0,"delta":{"type":"signature_delta","signature":"EqQB"}})"},
                   {"content_block_stop", R"({"index":0})"},
                   {"content_block_start", R"({"index":1,"content_block":{"type":"redacted_thinking","data":"Emwk"}})"},
                   {"content_block_stop", R"({"index":1})"},
                   {"content_block_start", R"({"index":2,"content_block":{"type":"text","text":""}})"},
                   {"content_block_delta", R"({"index":2,"delta":{"type":"text_delta","text":"Köln \n\"is\""}})"},
                   {"content_block_delta", R"({"index":2,"delta":{"type":"citations_delta","citation":{}}})"},
                   {"content_block_stop", R"({"index":2})"},
                   {"content_block_start", R"({"index":3,"content_block":{"type":"tool_use","id":"toolu_1","name":"weather","input":{}}})"},
                   {"content_block_delta", R"({"index":3,"delta":{"type":"input_json_delta","partial_json":""}})"},
                   {"content_block_delta", R"({"index":3,"delta":{"type":"input_json_delta","partial_json":"{\"city\": \"K"}})"},
                   {"content_block_delta", R"({"index":3,"delta":{"type":"input_json_delta","partial_json":"öln\"}"}})"},
                   {"content_block_stop", R"({"index":3})"},
                   {"something_new", R"({"index":9})"},
                   {"content_block_start", R"({"index":4,"content_block":{"type":"tool_use","id":"toolu_2","name":"time","input":{}}})"},
                   {"content_block_stop", R"({"index":4})"},
                   {"message_delta", R"({"delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":15,"output_tokens_details":{"thinking_tokens":4}}})"},
                   {"message_stop", "{}"}});
    return stream;
}

const Lines kFullMeaning = {"Begin [msg_1] [claude] [default] 30/5/0/0+1/0",
                            "Reasoning [Hm]",
                            "Reasoning [, ja.]",
                            "ReasoningSeal [EqQB] origin 2",
                            "ReasoningSeal [Emwk] origin 2 hidden",
                            "Text [Köln \n\"is\"]",
                            "ToolCall [toolu_1] [weather] #0",
                            "ToolArguments [{\"city\": \"K] #0",
                            "ToolArguments [öln\"}] #0",
                            "ToolCall [toolu_2] [time] #1",
                            "ToolArguments [{}] #1",
                            "Finish 3",
                            "Usage 30/5/0/0+15/4",
                            "End"};

TEST(AnthropicStreamReader, ReadsEveryKindOfEvent) {
    EXPECT_EQ(meaning_of(full_stream()), kFullMeaning);
}

TEST(AnthropicStreamReader, MeansTheSameHoweverTheStreamIsCut) {
    const std::string& stream = full_stream();
    std::vector<std::size_t> bytes;
    for (std::size_t end = 1; end <= stream.size(); ++end) {
        bytes.push_back(end);
        EXPECT_EQ(meaning_of(stream, {end, stream.size()}), kFullMeaning) << end;
    }
    EXPECT_EQ(meaning_of(stream, bytes), kFullMeaning);
}

TEST(AnthropicStreamReader, GoesByTheNameWhereThePayloadStatesNoType) {
    StreamReader reader;
    std::vector<ReplyEvent> events;
    const Document start(kStart);
    ASSERT_TRUE(reader.read("message_start", start.root(), "acme", events));
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].id, "msg_1");
}

TEST(AnthropicStreamReader, BeginsOnceWhateverComesFirst) {
    const Lines lines = meaning_of(stream_of({{"content_block_delta", R"({"index":0,"delta":{"type":"text_delta","text":"x"}})"},
                                              {"message_start", kStart},
                                              {"message_delta", kEnd}}));
    EXPECT_EQ(lines, (Lines{"Begin", "Text [x]", "Finish 1"})) << "usage without the prompt's side is none";
}

TEST(AnthropicStreamReader, TakesUsageAsCumulative) {
    const Lines lines = meaning_of(stream_of(
        {{"message_start", kStart},
         {"message_delta", R"({"delta":{},"usage":{"output_tokens":7,"cache_read_input_tokens":null}})"},
         {"message_delta", R"({"delta":{"stop_reason":"stop_sequence","stop_sequence":"END"},"usage":{"input_tokens":20,"cache_creation_input_tokens":10,"cache_creation":{"ephemeral_1h_input_tokens":10},"output_tokens":9}})"},
         {"message_delta", R"({"delta":{"stop_reason":"end_turn"}})"},
         {"message_stop", "{}"},
         {"message_stop", "{}"}}));
    EXPECT_EQ(lines, (Lines{"Begin [msg_1] [claude] [default] 30/5/0/0+1/0", "Usage 30/5/0/0+7/0", "Finish [END] 1", "Usage 35/5/10/10+9/0", "End"}));
}

TEST(AnthropicStreamReader, GivesACallThatNeverStoppedItsArguments) {
    const Lines lines = meaning_of(stream_of(
        {{"message_start", kStart},
         {"content_block_start", R"({"index":0,"content_block":{"type":"tool_use","id":"a","name":"b","input":{"x":1}}})"},
         {"content_block_start", R"({"index":1,"content_block":{"type":"tool_use","id":"c","name":"d"}})"},
         {"message_delta", R"({"delta":{"stop_reason":"tool_use"}})"}}));
    EXPECT_EQ(lines, (Lines{"Begin [msg_1] [claude] [default] 30/5/0/0+1/0", "ToolCall [a] [b] #0", "ToolCall [c] [d] #1",
                            "ToolArguments [{\"x\":1}] #0", "ToolArguments [{}] #1", "Finish 3"}));
}

TEST(AnthropicStreamReader, PassesOnTheProvidersError) {
    const Lines lines = meaning_of(stream_of(
        {{"message_start", kStart}, {"error", R"({"error":{"type":"overloaded_error","message":"Overloaded"}})"}, {"ping", "{}"}}));
    EXPECT_EQ(lines, (Lines{"Begin [msg_1] [claude] [default] 30/5/0/0+1/0", "error upstream_unavailable"}));
}

TEST(AnthropicStreamReader, RefusesWhatIsNoStreamOfThisApi) {
    EXPECT_EQ(meaning_of("data: [1]\n\n"), Lines{"error upstream_malformed"});
    EXPECT_EQ(meaning_of("data: not json\n\n"), Lines{"error upstream_malformed"});
    EXPECT_EQ(meaning_of(stream_of({{"content_block_start", R"({"content_block":{"type":"text"}})"}})),
              (Lines{"Begin", "error upstream_malformed"}));
    EXPECT_EQ(meaning_of(stream_of({{"content_block_start", R"({"index":-1,"content_block":{"type":"text"}})"}})),
              (Lines{"Begin", "error upstream_malformed"}));
    EXPECT_EQ(meaning_of(stream_of({{"content_block_delta", R"({"index":0,"delta":{"type":"input_json_delta","partial_json":"{}"}})"}})),
              (Lines{"Begin", "error upstream_malformed"}));
    std::string calls;
    std::string blocks;
    for (int i = 0; i < 129; ++i) {
        const std::string index = R"({"index":)" + std::to_string(i);
        calls += stream_of({{"content_block_start", index + R"(,"content_block":{"type":"tool_use","id":"a","name":"b"}})"},
                            {"content_block_stop", index + "}"}});
        blocks += stream_of({{"content_block_start", index + R"(,"content_block":{"type":"text"}})"}});
    }
    EXPECT_EQ(meaning_of(calls).back(), "error upstream_malformed");
    EXPECT_EQ(meaning_of(blocks).back(), "error upstream_malformed");
}

}  // namespace
}  // namespace tierway::dialect::anthropic
