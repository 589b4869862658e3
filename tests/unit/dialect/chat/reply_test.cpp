#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tierway/dialect/chat.hpp"
#include "tierway/dialect/chat_stream.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect::chat {
namespace {

using Json = nlohmann::ordered_json;

const std::string kAnswer = R"({"id":"chatcmpl-1","object":"chat.completion","created":17,"model":"m","choices":[{"index":0,
  "message":{"role":"assistant","content":"Hi","refusal":null,"reasoning_content":"hm","reasoning_details":[{"type":"reasoning.text","text":"hm","signature":"S","format":"anthropic"}],
  "tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{ }"},"extra_content":{"google":{"thought_signature":"G"}}}]},
  "logprobs":{"content":[{"token":"Hi","logprob":-0.5,"bytes":null,"top_logprobs":[]}],"refusal":null},"finish_reason":"tool_calls"}],
  "usage":{"prompt_tokens":10,"completion_tokens":4,"total_tokens":14,"prompt_tokens_details":{"cached_tokens":3,"cache_write_tokens":2,"cache_write_1h_tokens":1},
  "completion_tokens_details":{"reasoning_tokens":2}},"service_tier":"flex"})";

TEST(ChatReply, IsWrittenAsItWasRead) {
    wire::JsonParser parser;
    const Reply reply = read_reply(*parser.parse(kAnswer));
    EXPECT_EQ(Json::parse(write_reply(reply)), Json::parse(kAnswer));
}

TEST(ChatReply, FindsTheThoughtAmongMistralsPartsOfTheContent) {
    wire::JsonParser parser;
    const Reply reply = read_reply(*parser.parse(
        R"({"choices":[{"index":0,"message":{"role":"assistant","content":[)"
        R"({"type":"thinking","thinking":[{"type":"text","text":"hm"}]},)"
        R"({"type":"text","text":"four"}]},"finish_reason":"stop"}]})"));
    const std::vector<Part>& parts = reply.choices.at(0).parts;
    ASSERT_EQ(parts.size(), 2U);
    EXPECT_EQ(std::get<ReasoningPart>(parts[0].value).text, "hm");
    EXPECT_EQ(std::get<TextPart>(parts[1].value).text, "four");
    StreamReader reader;
    std::vector<ReplyEvent> events;
    reader.read(*parser.parse(R"({"choices":[{"index":0,"delta":{"content":[{"type":"thinking","thinking":"hm"}]}}]})"), events);
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events[1].kind, ReplyEvent::Kind::Reasoning);
    EXPECT_EQ(events[1].text, "hm");
}

TEST(ChatReply, IsWhatTheCascadeJudges) {
    wire::JsonParser parser;
    const std::string text = write_reply(read_reply(*parser.parse(kAnswer)));
    const auto answer = read_chat_answer(*parser.parse(text), "p");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->choices.at(0).content, "Hi");
    EXPECT_EQ(answer->choices.at(0).token_logprobs.size(), 1U);
    EXPECT_EQ(answer->usage->cache_write_1h, 1);
}

std::vector<ReplyEvent> whole_stream() {
    using Kind = ReplyEvent::Kind;
    std::vector<ReplyEvent> events(10);
    events[0].kind = Kind::Begin;
    events[0].id = "id";
    events[0].text = "model";
    events[0].created = 5;
    events[1].kind = Kind::Reasoning;
    events[1].text = "hm";
    events[2].kind = Kind::ReasoningSeal;
    events[2].text = "S";
    events[2].origin = Origin::Anthropic;
    events[3].kind = Kind::Text;
    events[3].text = "Hello \"you\"\n";
    events[3].logprobs = R"([{"token":"Hello","logprob":-1}])";
    events[4].kind = Kind::ToolCall;
    events[4].id = "c0";
    events[4].name = "f";
    events[5].kind = Kind::ToolArguments;
    events[5].text = "{\"a\":";
    events[6].kind = Kind::ToolCall;
    events[6].tool = 1;
    events[6].id = "c1";
    events[6].name = "g";
    events[7].kind = Kind::ToolArguments;
    events[7].tool = 1;
    events[7].text = "{}";
    events[8].kind = Kind::Finish;
    events[8].finish_reason = FinishReason::ToolCalls;
    events[9].kind = Kind::Usage;
    events[9].usage = TokenUsage{7, 3, 0, 0, 0, 0};
    return events;
}

std::vector<ReplyEvent> read_back(const std::vector<std::string>& chunks) {
    StreamReader reader;
    ChatStreamReader facts(true);
    wire::JsonParser parser;
    std::vector<ReplyEvent> events;
    for (const std::string& chunk : chunks) {
        const auto value = parser.parse(chunk);
        EXPECT_TRUE(value) << chunk;
        EXPECT_TRUE(facts.read(chunk, *value, "p")) << chunk;
        reader.read(*value, events);
    }
    return events;
}

TEST(ChatStream, IsReadAsItWasWritten) {
    const std::vector<ReplyEvent> events = whole_stream();
    StreamWriter writer;
    std::vector<std::string> chunks;
    for (const ReplyEvent& event : events) {
        std::string chunk;
        ASSERT_TRUE(writer.write(event, chunk));
        chunks.push_back(chunk);
    }
    const std::vector<ReplyEvent> again = read_back(chunks);
    ASSERT_EQ(again.size(), events.size());
    for (std::size_t i = 0; i < events.size(); ++i) {
        EXPECT_EQ(again[i].kind, events[i].kind) << i;
        EXPECT_EQ(again[i].text, events[i].text) << i;
        EXPECT_EQ(again[i].tool, events[i].tool) << i;
        EXPECT_EQ(again[i].name, events[i].name) << i;
        EXPECT_EQ(again[i].logprobs, events[i].logprobs) << i;
        EXPECT_EQ(again[i].origin, events[i].origin) << i;
        EXPECT_EQ(again[i].finish_reason, events[i].finish_reason) << i;
        EXPECT_EQ(again[i].usage, events[i].usage) << i;
    }
}

TEST(ChatStream, TellsParallelCallsApartThatShareAnIndexOrHaveNone) {
    for (const std::string index : {R"("index":0,)", ""}) {
        const std::vector<ReplyEvent> events =
            read_back({R"({"id":"x","choices":[{"index":0,"delta":{"tool_calls":[{)" + index + R"("id":"a","function":{"name":"f","arguments":"{}"}}]}}]})",
                       R"({"id":"x","choices":[{"index":0,"delta":{"tool_calls":[{)" + index + R"("id":"b","function":{"name":"g","arguments":"{}"}}]}}]})",
                       R"({"id":"x","choices":[{"index":0,"delta":{"tool_calls":[{)" + index + R"("function":{"arguments":" "}}]}}]})"});
        ASSERT_EQ(events.size(), 6U);
        EXPECT_EQ(events[3].tool, 1);
        EXPECT_EQ(events[3].id, "b");
        EXPECT_EQ(events[5].tool, 1);
    }
}

TEST(ChatStream, TellsASealWithAllThatItIsOf) {
    StreamWriter writer;
    std::string chunk;
    for (const ReplyEvent& event : whole_stream()) {
        writer.write(event, chunk);
        if (event.kind == ReplyEvent::Kind::ReasoningSeal) {
            break;
        }
    }
    const Json detail = Json::parse(chunk)["choices"][0]["delta"]["reasoning_details"][0];
    EXPECT_EQ(detail["text"], "hm");
    EXPECT_EQ(detail["signature"], "S");
}

TEST(ChatStream, HasNoChunkForTheEnd) {
    StreamWriter writer;
    std::string chunk;
    ReplyEvent end;
    end.kind = ReplyEvent::Kind::End;
    EXPECT_FALSE(writer.write(end, chunk));
}

}  // namespace
}  // namespace tierway::dialect::chat
