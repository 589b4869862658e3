#include "dialect/anthropic/talk.hpp"

namespace tierway::dialect::anthropic {
namespace {

using Kind = ReplyEvent::Kind;
using Lines = std::vector<std::string>;

ReplyEvent event(Kind kind, std::string text = "") {
    ReplyEvent made;
    made.kind = kind;
    made.text = std::move(text);
    return made;
}

ReplyEvent begin() {
    ReplyEvent made = event(Kind::Begin, "gpt");
    made.id = "chatcmpl-1";
    return made;
}

ReplyEvent seal(std::string text, Origin origin, bool hidden = false) {
    ReplyEvent made = event(Kind::ReasoningSeal, std::move(text));
    made.origin = origin;
    made.hidden = hidden;
    return made;
}

ReplyEvent call(std::int64_t tool, std::string id) {
    ReplyEvent made = event(Kind::ToolCall);
    made.tool = tool;
    made.id = std::move(id);
    made.name = "f";
    return made;
}

ReplyEvent arguments(std::int64_t tool, std::string text) {
    ReplyEvent made = event(Kind::ToolArguments, std::move(text));
    made.tool = tool;
    return made;
}

ReplyEvent finish(FinishReason reason, std::string sequence = "") {
    ReplyEvent made = event(Kind::Finish);
    made.finish_reason = reason;
    made.stop_sequence = std::move(sequence);
    return made;
}

ReplyEvent usage(const TokenUsage& counts) {
    ReplyEvent made = event(Kind::Usage);
    made.usage = counts;
    return made;
}

std::string stream_for(const std::vector<ReplyEvent>& events, const ReplyEnd& end = {}) {
    StreamWriter writer("small/model");
    std::string out;
    for (const ReplyEvent& each : events) {
        writer.write(each, out);
    }
    writer.end(end, out);
    return out;
}

/// Each event as "name payload", without the type that repeats the name.
Lines events_of(const std::string& stream) {
    Lines lines;
    wire::SseDecoder decoder;
    decoder.feed(stream);
    wire::SseEvent read;
    while (decoder.next(read) == wire::SseDecoder::Status::Event) {
        if (read.kind == wire::SseEvent::Kind::Comment) {
            lines.push_back(": " + std::string(read.data));
            continue;
        }
        Json data = Json::parse(read.data);
        EXPECT_EQ(data["type"], read.name);
        data.erase("type");
        lines.push_back(std::string(read.name) + " " + data.dump());
    }
    EXPECT_FALSE(decoder.holds_partial_event());
    return lines;
}

const std::string kNoUsage =
    R"({"input_tokens":0,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},"output_tokens":0})";
const std::string kStarted =
    R"(message_start {"message":{"id":"msg_chatcmpl-1","type":"message","role":"assistant","model":"small/model","content":[],"stop_reason":null,"stop_sequence":null,"usage":)" +
    kNoUsage + "}}";

std::string ended(const std::string& reason, const std::string& sequence = "null", const std::string& counts = kNoUsage) {
    return R"(message_delta {"delta":{"stop_reason":")" + reason + R"(","stop_sequence":)" + sequence + R"(},"usage":)" + counts + "}";
}

TEST(AnthropicStreamWriter, KeepsTheVendorsOrder) {
    const std::string stream = stream_for(
        {begin(), event(Kind::Reasoning, "Hm."), seal("EqQB", Origin::Anthropic), event(Kind::Text, "Let"), event(Kind::Text, " me."),
         call(0, "call_1"), arguments(0, R"({"a")"), arguments(0, ":1}"), call(1, "call_2"), arguments(1, "{}"),
         finish(FinishReason::ToolCalls),
         usage({.prompt = 117, .completion = 20, .cached = 100, .cache_write = 7, .reasoning = 5, .cache_write_1h = 4}), event(Kind::End)},
        {R"({"tier":"small"})", true});
    EXPECT_EQ(events_of(stream),
              (Lines{kStarted,
                     R"(content_block_start {"index":0,"content_block":{"type":"thinking","thinking":"","signature":""}})",
                     R"(content_block_delta {"index":0,"delta":{"type":"thinking_delta","thinking":"Hm."}})",
                     R"(content_block_delta {"index":0,"delta":{"type":"signature_delta","signature":"EqQB"}})",
                     R"(content_block_stop {"index":0})",
                     R"(content_block_start {"index":1,"content_block":{"type":"text","text":""}})",
                     R"(content_block_delta {"index":1,"delta":{"type":"text_delta","text":"Let"}})",
                     R"(content_block_delta {"index":1,"delta":{"type":"text_delta","text":" me."}})",
                     R"(content_block_stop {"index":1})",
                     R"(content_block_start {"index":2,"content_block":{"type":"tool_use","id":"call_1","name":"f","input":{}}})",
                     R"(content_block_delta {"index":2,"delta":{"type":"input_json_delta","partial_json":"{\"a\""}})",
                     R"(content_block_delta {"index":2,"delta":{"type":"input_json_delta","partial_json":":1}"}})",
                     R"(content_block_stop {"index":2})",
                     R"(content_block_start {"index":3,"content_block":{"type":"tool_use","id":"call_2","name":"f","input":{}}})",
                     R"(content_block_delta {"index":3,"delta":{"type":"input_json_delta","partial_json":"{}"}})",
                     R"(content_block_stop {"index":3})",
                     ended("tool_use", "null",
                           R"({"input_tokens":10,"cache_creation_input_tokens":7,"cache_read_input_tokens":100,"cache_creation":{"ephemeral_5m_input_tokens":3,"ephemeral_1h_input_tokens":4},"output_tokens":20,"output_tokens_details":{"thinking_tokens":5}})"),
                     R"(: tierway {"tier":"small"})", "message_stop {}"}));
}

TEST(AnthropicStreamWriter, BeginsAtOnceWithWhatIsKnown) {
    StreamWriter writer("m");
    std::string out;
    ReplyEvent known = begin();
    known.usage = TokenUsage{.prompt = 25, .completion = 1, .cached = 5};
    writer.write(known, out);
    const Json message = Json::parse(events_of(out).at(0).substr(14))["message"];
    EXPECT_EQ(message["usage"]["input_tokens"], 20);
    EXPECT_EQ(message["usage"]["output_tokens"], 1);
    out.clear();
    writer.write(known, out);
    EXPECT_EQ(out, "") << "once";
}

TEST(AnthropicStreamWriter, EndsOnceAndAlsoWithoutAnyEvent) {
    StreamWriter writer("m");
    std::string out;
    writer.end({}, out);
    EXPECT_EQ(events_of(out).size(), 3U);
    const std::string before = out;
    writer.end({}, out);
    writer.write(event(Kind::Text, "late"), out);
    EXPECT_EQ(out, before);
}

TEST(AnthropicStreamWriter, TellsWhyItEnded) {
    const auto last = [](const std::vector<ReplyEvent>& events) {
        const Lines lines = events_of(stream_for(events));
        return lines.at(lines.size() - 2);
    };
    EXPECT_EQ(last({begin(), event(Kind::Text, "x"), finish(FinishReason::Stop)}), ended("end_turn"));
    EXPECT_EQ(last({begin(), event(Kind::Text, "x"), finish(FinishReason::Stop, "END")}), ended("stop_sequence", R"("END")"));
    EXPECT_EQ(last({begin(), event(Kind::Text, "x"), finish(FinishReason::Length)}), ended("max_tokens"));
    EXPECT_EQ(last({begin(), event(Kind::Text, "x"), finish(FinishReason::ContentFilter)}), ended("refusal"));
    EXPECT_EQ(last({begin(), event(Kind::Refusal, "No."), finish(FinishReason::Stop)}), ended("refusal"));
    EXPECT_EQ(last({begin(), call(0, "a"), arguments(0, "{}"), finish(FinishReason::Stop)}), ended("tool_use"));
}

TEST(AnthropicStreamWriter, GivesHiddenAndForeignThoughtsTheirBlocks) {
    const Lines lines = events_of(stream_for({begin(), seal("gAAA", Origin::OpenAi, true), event(Kind::Reasoning, "Ja."),
                                              seal("abc", Origin::Gemini), seal("only", Origin::Anthropic), event(Kind::Reasoning, "deep"),
                                              event(Kind::Text, "x"), finish(FinishReason::Stop)}));
    EXPECT_EQ(Lines(lines.begin() + 1, lines.begin() + 12),
              (Lines{R"(content_block_start {"index":0,"content_block":{"type":"redacted_thinking","data":"openai!:gAAA"}})",
                     R"(content_block_stop {"index":0})",
                     R"(content_block_start {"index":1,"content_block":{"type":"thinking","thinking":"","signature":""}})",
                     R"(content_block_delta {"index":1,"delta":{"type":"thinking_delta","thinking":"Ja."}})",
                     R"(content_block_delta {"index":1,"delta":{"type":"signature_delta","signature":"gemini:abc"}})",
                     R"(content_block_stop {"index":1})",
                     R"(content_block_start {"index":2,"content_block":{"type":"thinking","thinking":"","signature":""}})",
                     R"(content_block_delta {"index":2,"delta":{"type":"signature_delta","signature":"only"}})",
                     R"(content_block_stop {"index":2})",
                     R"(content_block_start {"index":3,"content_block":{"type":"thinking","thinking":"","signature":""}})",
                     R"(content_block_delta {"index":3,"delta":{"type":"thinking_delta","thinking":"deep"}})"}));
}

TEST(AnthropicStreamWriter, SortsCallsWhosePiecesAreMixed) {
    const std::string mixed = stream_for({begin(), call(0, "a"), call(1, "b"), arguments(0, R"({"x":"}")"), arguments(1, R"({"y")"),
                                          arguments(1, ":2}"), event(Kind::Text, "so"), arguments(0, "}"), call(2, "c"), arguments(2, "{}"),
                                          finish(FinishReason::ToolCalls)});
    const std::string sorted = stream_for({begin(), call(0, "a"), arguments(0, R"({"x":"}")"), arguments(0, "}"), call(1, "b"),
                                           arguments(1, R"({"y")"), arguments(1, ":2}"), event(Kind::Text, "so"), call(2, "c"),
                                           arguments(2, "{}"), finish(FinishReason::ToolCalls)});
    EXPECT_EQ(mixed, sorted);
}

TEST(AnthropicStreamWriter, GivesOutWhatWaitsForArgumentsThatNeverEnd) {
    const Lines lines = events_of(stream_for({begin(), call(0, "a"), arguments(0, R"({"x":"\")"), call(1, "b"), call(2, "c"),
                                              arguments(2, "{}"), event(Kind::Text, "so"), finish(FinishReason::Length)}));
    Lines starts;
    for (const std::string& line : lines) {
        if (line.starts_with("content_block_start")) {
            starts.push_back(Json::parse(line.substr(20))["content_block"].value("id", "text"));
        }
    }
    EXPECT_EQ(starts, (Lines{"a", "b", "c", "text"}));
    EXPECT_EQ(lines.at(lines.size() - 2), ended("max_tokens"));
}

TEST(AnthropicStreamWriter, LeavesOutOtherChoicesAndEmptyPieces) {
    ReplyEvent other = event(Kind::Text, "other");
    other.choice = 1;
    EXPECT_EQ(events_of(stream_for({begin(), other, event(Kind::Text), event(Kind::Reasoning), seal("", Origin::Anthropic),
                                    finish(FinishReason::Stop)})),
              (Lines{kStarted, ended("end_turn"), "message_stop {}"}));
}

TEST(AnthropicStreamWriter, WritesEachEventOnOneLine) {
    const std::string stream =
        stream_for({begin(), event(Kind::Text, "a\r\n\nb\u2028"), finish(FinishReason::Stop, "\n\n")}, {"", true});
    std::size_t events = 0;
    for (std::size_t at = 0; at < stream.size(); ++events) {
        const std::size_t end = stream.find("\n\n", at);
        ASSERT_NE(end, std::string::npos);
        const std::string block = stream.substr(at, end - at);
        EXPECT_TRUE(block.starts_with("event: ")) << block;
        EXPECT_EQ(std::count(block.begin(), block.end(), '\n'), 1) << block;
        EXPECT_EQ(block.find('\r'), std::string::npos);
        at = end + 2;
    }
    EXPECT_EQ(events, 6U);
}

TEST(AnthropicStreamWriter, IsReadBackAsItWasWritten) {
    ReplyEvent start = begin();
    start.usage = TokenUsage{.prompt = 30, .completion = 1, .cached = 5};
    const std::string stream = stream_for({start, event(Kind::Reasoning, "Hm."), seal("EqQB", Origin::Anthropic),
                                           seal("Emwk", Origin::Anthropic, true), event(Kind::Text, "Köln \"\n"), call(0, "call_1"),
                                           arguments(0, R"({"a": )"), arguments(0, "1}"), call(1, "call_2"), arguments(1, "{}"),
                                           finish(FinishReason::ToolCalls), usage({.prompt = 30, .completion = 15, .cached = 5, .reasoning = 4}),
                                           event(Kind::End)});
    EXPECT_EQ(meaning_of(stream), (Lines{"Begin [msg_chatcmpl-1] [small/model] 30/5/0/0+1/0", "Reasoning [Hm.]",
                                         "ReasoningSeal [EqQB] origin 2", "ReasoningSeal [Emwk] origin 2 hidden", "Text [Köln \"\n]",
                                         "ToolCall [call_1] [f] #0", "ToolArguments [{\"a\": ] #0", "ToolArguments [1}] #0",
                                         "ToolCall [call_2] [f] #1", "ToolArguments [{}] #1", "Finish 3", "Usage 30/5/0/0+15/4", "End"}));
}

}  // namespace
}  // namespace tierway::dialect::anthropic
