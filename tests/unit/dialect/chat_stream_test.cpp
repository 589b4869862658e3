#include "tierway/dialect/chat_stream.hpp"

#include "document.hpp"
#include "provider_samples.hpp"

namespace tierway::dialect {
namespace {

Result<ChunkFacts> feed(ChatStreamReader& reader, const std::string& event) {
    const Document document(event);
    return reader.read(event, document.root(), "acme");
}

std::string chunk(std::string_view choices) {
    return std::string(R"({"object":"chat.completion.chunk","model":"m","choices":[)").append(choices).append("]}");
}

std::string delta(std::string_view members, std::string_view rest = R"(,"finish_reason":null)") {
    return chunk(std::string(R"({"index":0,"delta":{)").append(members).append("}").append(rest).append("}"));
}

const StreamSample& sample_named(std::string_view name) {
    for (const StreamSample& sample : stream_samples()) {
        if (sample.name == name) {
            return sample;
        }
    }
    ADD_FAILURE() << "no sample named " << name;
    return stream_samples().front();
}

TEST(ChatStreamReader, FollowsEveryProvidersStream) {
    for (const bool keep : {true, false}) {
        for (const StreamSample& sample : stream_samples()) {
            SCOPED_TRACE(sample.name + (keep ? ", kept" : ", counted"));
            ChatStreamReader reader(keep);
            std::size_t first_content = sample.events.size();
            for (std::size_t i = 0; i < sample.events.size(); ++i) {
                EXPECT_EQ(reader.inside_tool_call(), false);
                const auto facts = feed(reader, sample.events[i]);
                ASSERT_TRUE(facts.has_value()) << facts.error().message();
                EXPECT_FALSE(facts->done);
                if (facts->content && first_content == sample.events.size()) {
                    first_content = i;
                }
            }
            EXPECT_EQ(first_content, sample.first_content);
            EXPECT_TRUE(reader.complete());
            EXPECT_EQ(reader.answer().usage.has_value(), sample.has_usage);
            EXPECT_EQ(reader.answer().choices.at(0).content, keep ? sample.content : "");
            EXPECT_NE(reader.answer().choices.at(0).finish_reason, FinishReason::None);
            EXPECT_GE(reader.answer_text_bytes(), sample.content.size());
            EXPECT_FALSE(reader.answer().model.empty());
        }
    }
}

TEST(ChatStreamReader, NeedsAFinishReasonForCompletion) {
    for (const StreamSample& sample : stream_samples()) {
        SCOPED_TRACE(sample.name);
        ChatStreamReader reader(false);
        EXPECT_FALSE(reader.complete());
        for (const std::string& event : sample.events) {
            const bool before = reader.complete();
            const auto facts = feed(reader, event);
            ASSERT_TRUE(facts.has_value());
            EXPECT_EQ(reader.complete(), before || facts->finished);
        }
    }
}

TEST(ChatStreamReader, KnowsDone) {
    ChatStreamReader reader(true);
    const auto facts = reader.read("[DONE]", {}, "acme");
    ASSERT_TRUE(facts.has_value());
    EXPECT_TRUE(facts->done);
    EXPECT_FALSE(facts->content || facts->usage_only || facts->has_usage || facts->finished || facts->tool_call);
    EXPECT_TRUE(reader.read(" [DONE] ", {}, "acme")->done);
    EXPECT_EQ(reader.read("[DONE", {}, "acme").error().kind(), ErrorKind::UpstreamMalformed);
}

TEST(ChatStreamReader, TellsUsageChunksApart) {
    ChatStreamReader reader(false);
    const auto events = sample_named("OpenAI with usage").events;
    EXPECT_FALSE(feed(reader, events[0])->has_usage);
    const auto last = feed(reader, events.back());
    EXPECT_TRUE(last->usage_only);
    EXPECT_TRUE(last->has_usage);
    EXPECT_FALSE(last->content);
    EXPECT_EQ(reader.answer().usage, (TokenUsage{9, 3, 4, 0, 0}));

    const auto azure = feed(reader, sample_named("Azure, filter results first and between").events[0]);
    EXPECT_FALSE(azure->usage_only || azure->has_usage || azure->content);

    const auto groq = feed(reader, sample_named("Groq, usage in x_groq").events.back());
    EXPECT_TRUE(groq->has_usage && groq->finished);
    EXPECT_FALSE(groq->usage_only);
    EXPECT_EQ(reader.answer().usage, (TokenUsage{11, 2, 0, 0, 0}));

    const auto without_choices = feed(reader, R"({"usage":{"prompt_tokens":1,"completion_tokens":2}})");
    EXPECT_TRUE(without_choices->usage_only && without_choices->has_usage);
    const auto null_choices = feed(reader, R"({"choices":null,"usage":{"prompt_tokens":1,"completion_tokens":3}})");
    EXPECT_TRUE(null_choices->usage_only && null_choices->has_usage);
    EXPECT_EQ(reader.answer().usage, (TokenUsage{1, 3, 0, 0, 0})) << "the last of several counts";

    const auto unusable = feed(reader, R"({"choices":[],"usage":{"prompt_tokens":-1,"completion_tokens":3}})");
    EXPECT_TRUE(unusable->usage_only);
    EXPECT_FALSE(unusable->has_usage);
    EXPECT_EQ(reader.answer().usage, (TokenUsage{1, 3, 0, 0, 0}));
}

TEST(ChatStreamReader, KnowsWhatCommits) {
    const std::vector<std::pair<std::string, bool>> cases = {
        {delta(R"("role":"assistant")"), false},
        {delta(R"("role":"assistant","content":"")"), false},
        {delta(R"("role":"assistant","content":null,"refusal":null,"tool_calls":null)"), false},
        {delta(R"("content":[],"tool_calls":[],"reasoning_details":[],"reasoning":"","audio":null)"), false},
        {delta(""), false},
        {chunk(R"({"index":0})"), false},
        {chunk(R"({"index":0,"delta":null,"finish_reason":""})"), false},
        {chunk(""), false},
        {delta(R"("content":" ")"), true},
        {delta(R"("refusal":"No")"), true},
        {delta(R"("reasoning_content":"Hm")"), true},
        {delta(R"("reasoning":"Hm")"), true},
        {delta(R"("reasoning_details":[{"data":"x"}])"), true},
        {delta(R"("tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":""}}])"), true},
        {delta(R"("function_call":{"name":"f"})"), true},
        {delta(R"("audio":{"id":"a"})"), true},
        {delta("", R"(,"finish_reason":"stop")"), true},
    };
    for (const auto& [event, commits] : cases) {
        SCOPED_TRACE(event);
        ChatStreamReader reader(true);
        const auto facts = feed(reader, event);
        ASSERT_TRUE(facts.has_value());
        EXPECT_EQ(facts->content, commits);
    }
}

TEST(ChatStreamReader, KeepsReasoningOutOfTheContentButCountsItOnce) {
    ChatStreamReader reader(true);
    ASSERT_TRUE(feed(reader, delta(R"("reasoning":"abc","reasoning_content":"abc")")).has_value());
    ASSERT_TRUE(feed(reader, delta(R"("content":"de")")).has_value());
    EXPECT_EQ(reader.answer().choices.at(0).content, "de");
    EXPECT_EQ(reader.answer_text_bytes(), 5U);
}

TEST(ChatStreamReader, CountsBytesOfTheTextNotOfItsEscapes) {
    // a, line feed, e acute, euro sign, grinning face, NUL: 1 + 1 + 2 + 3 + 4 + 1 bytes of UTF-8.
    const std::string text = R"("content":"a\n\u00e9\u20AC\uD83D\ude00\u0000")";
    for (const bool keep : {false, true}) {
        ChatStreamReader reader(keep);
        ASSERT_TRUE(feed(reader, delta(text)).has_value());
        EXPECT_EQ(reader.answer_text_bytes(), 12U);
        EXPECT_EQ(reader.answer().choices.at(0).content.size(), keep ? 12U : 0U);
    }
}

struct ToolStream {
    std::string name;
    std::vector<std::string> pieces;  ///< Values of `tool_calls`.
    std::vector<std::pair<std::string, std::string>> calls;
};

TEST(ChatStreamReader, AssemblesToolCalls) {
    const std::vector<ToolStream> cases = {
        {"parallel by index, interleaved",
         {R"([{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}])",
          R"([{"index":1,"id":"b","type":"function","function":{"name":"g","arguments":"{"}}])",
          R"([{"index":0,"function":{"arguments":"{\"x\":"}},{"index":1,"function":{"arguments":"}"}}])",
          R"([{"index":0,"function":{"arguments":"1}"}}])"},
         {{"f", R"({"x":1})"}, {"g", "{}"}}},
        {"id and name repeated in each piece",
         {R"([{"index":0,"id":"a","function":{"name":"f","arguments":"{"}}])",
          R"([{"index":0,"id":"a","function":{"name":"f","arguments":"}"}}])"},
         {{"f", "{}"}}},
        {"all parallel calls with index 0",
         {R"([{"index":0,"id":"a","function":{"name":"f","arguments":"{"}}])", R"([{"index":0,"function":{"arguments":"}"}}])",
          R"([{"index":0,"id":"b","function":{"name":"g","arguments":"["}}])", R"([{"index":0,"function":{"arguments":"]"}}])"},
         {{"f", "{}"}, {"g", "[]"}}},
        {"no index, calls whole, ids",
         {R"([{"id":"a","function":{"name":"f","arguments":"{}"}},{"id":"b","function":{"name":"f","arguments":"[]"}}])"},
         {{"f", "{}"}, {"f", "[]"}}},
        {"no index, calls whole, no ids",
         {R"([{"function":{"name":"f","arguments":"{}"}}])", R"([{"function":{"name":"g","arguments":"{}"}}])"},
         {{"f", "{}"}, {"g", "{}"}}},
        {"no index, one call in pieces",
         {R"([{"id":"a","function":{"name":"f","arguments":"{"}}])", R"([{"function":{"arguments":"}"}}])"},
         {{"f", "{}"}}},
        {"id after the first piece",
         {R"([{"index":0,"function":{"name":"f"}}])", R"([{"index":0,"id":"a","function":{"arguments":"{}"}}])"},
         {{"f", "{}"}}},
        {"custom tool",
         {R"([{"index":0,"id":"a","type":"custom","custom":{"name":"sh","input":"l"}}])",
          R"([{"index":0,"custom":{"input":"s"}}])"},
         {{"sh", "ls"}}},
        {"arguments null first",
         {R"([{"index":0,"id":"a","function":{"name":"f","arguments":null}}])", R"([{"index":0,"function":{"arguments":"{}"}}])"},
         {{"f", "{}"}}},
    };
    for (const ToolStream& stream : cases) {
        SCOPED_TRACE(stream.name);
        ChatStreamReader reader(true);
        for (const std::string& piece : stream.pieces) {
            const auto facts = feed(reader, delta(R"("tool_calls":)" + piece));
            ASSERT_TRUE(facts.has_value());
            EXPECT_TRUE(facts->tool_call && facts->content);
            EXPECT_TRUE(reader.inside_tool_call());
        }
        EXPECT_TRUE(feed(reader, delta("", R"(,"finish_reason":"tool_calls")"))->finished);
        EXPECT_FALSE(reader.inside_tool_call());
        const AnswerChoice& choice = reader.answer().choices.at(0);
        EXPECT_EQ(choice.finish_reason, FinishReason::ToolCalls);
        ASSERT_EQ(choice.tool_calls.size(), stream.calls.size());
        for (std::size_t i = 0; i < stream.calls.size(); ++i) {
            EXPECT_EQ(choice.tool_calls[i].name, stream.calls[i].first);
            EXPECT_EQ(choice.tool_calls[i].arguments, stream.calls[i].second);
        }
    }
}

TEST(ChatStreamReader, AssemblesALegacyFunctionCall) {
    ChatStreamReader reader(true);
    ASSERT_TRUE(feed(reader, delta(R"("function_call":{"name":"f","arguments":""})")).has_value());
    ASSERT_TRUE(feed(reader, delta(R"("function_call":{"arguments":"{}"})")).has_value());
    EXPECT_TRUE(reader.inside_tool_call());
    ASSERT_EQ(reader.answer().choices.at(0).tool_calls.size(), 1U);
    EXPECT_EQ(reader.answer().choices[0].tool_calls[0].name, "f");
    EXPECT_EQ(reader.answer().choices[0].tool_calls[0].arguments, "{}");
}

TEST(ChatStreamReader, KeepsChoicesApart) {
    ChatStreamReader reader(true);
    ASSERT_TRUE(feed(reader, chunk(R"({"index":1,"delta":{"content":"b"}},{"index":0,"delta":{"content":"a"}})")).has_value());
    ASSERT_TRUE(feed(reader, chunk(R"({"index":0,"delta":{"refusal":"r"},"finish_reason":"stop"})")).has_value());
    EXPECT_FALSE(reader.complete());
    ASSERT_TRUE(feed(reader, chunk(R"({"index":1,"delta":{"content":"c"},"finish_reason":"length"})")).has_value());
    EXPECT_TRUE(reader.complete());
    ASSERT_EQ(reader.answer().choices.size(), 2U);
    EXPECT_EQ(reader.answer().choices[0].content, "a");
    EXPECT_EQ(reader.answer().choices[0].refusal, "r");
    EXPECT_EQ(reader.answer().choices[1].content, "bc");
    EXPECT_EQ(reader.answer().choices[1].finish_reason, FinishReason::Length);
}

TEST(ChatStreamReader, AccumulatesLogprobs) {
    ChatStreamReader reader(true);
    for (const std::string& event : sample_named("vLLM with logprobs and reasoning").events) {
        ASSERT_TRUE(feed(reader, event).has_value());
    }
    EXPECT_EQ(reader.answer().choices.at(0).token_logprobs, (std::vector<float>{-0.5F, -0.125F}));
}

TEST(ChatStreamReader, KeepsTheFirstFinishReason) {
    ChatStreamReader reader(false);
    ASSERT_TRUE(feed(reader, delta("", R"(,"finish_reason":"tool_calls")")).has_value());
    ASSERT_TRUE(feed(reader, delta("", R"(,"finish_reason":"stop")")).has_value());
    EXPECT_EQ(reader.answer().choices.at(0).finish_reason, FinishReason::ToolCalls);
}

TEST(ChatStreamReader, ReportsTheProvidersErrorInTheStream) {
    const std::vector<std::tuple<std::string, std::string>> cases = {
        {R"({"error":{"message":"The server had an error","type":"server_error","param":null,"code":null}})",
         "upstream_unavailable"},
        {R"({"id":"gen","choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}],"error":{"code":429,"message":"slow"}})",
         "rate_limit_exceeded"},
        {R"({"object":"error","message":"too long","type":"BadRequestError","code":400})", "upstream_rejected"},
        {R"({"error":"boom"})", "upstream_unavailable"},
        {R"([{"error":{"code":503,"message":"m","status":"UNAVAILABLE"}}])", "upstream_unavailable"},
        {delta("", R"(,"finish_reason":"error")"), "upstream_unavailable"},
        {delta(R"("content":"par")", R"(,"finish_reason":"insufficient_system_resource")"), "upstream_unavailable"},
        {delta("", R"(,"finish_reason":"error","error":{"code":429,"message":"m"})"), "rate_limit_exceeded"},
    };
    for (const auto& [event, code] : cases) {
        SCOPED_TRACE(event);
        ChatStreamReader reader(true);
        const auto facts = feed(reader, event);
        ASSERT_FALSE(facts.has_value());
        EXPECT_EQ(facts.error().code(), code);
        EXPECT_EQ(facts.error().source(), ErrorSource::Upstream);
    }
    ChatStreamReader reader(true);
    EXPECT_TRUE(feed(reader, R"({"error":null,"choices":[]})").has_value());
}

TEST(ChatStreamReader, RefusesWhatIsNoChunk) {
    for (const std::string event :
         {"[]", "7", "null", "\"x\"", "{}", R"({"type":"ping"})", R"({"choices":{}})", R"({"choices":"x"})",
          R"({"choices":["x"]})", R"({"choices":[null]})", R"({"choices":[{"index":-1}]})", R"({"choices":[{"index":128}]})",
          R"({"choices":[{"index":"0"}]})", R"({"choices":[{"index":1e30}]})", R"({"choices":[{"index":0,"delta":"x"}]})",
          R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":128}]}}]})",
          R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":-1}]}}]})",
          R"({"choices":[{"index":0,"delta":{"tool_calls":["x"]}}]})"}) {
        SCOPED_TRACE(event);
        ChatStreamReader reader(true);
        const auto facts = feed(reader, event);
        ASSERT_FALSE(facts.has_value());
        EXPECT_EQ(facts.error().kind(), ErrorKind::UpstreamMalformed);
    }
}

TEST(ChatStreamReader, BoundsWhatItKeeps) {
    const std::string text(100, 'x');
    const std::string token = R"({"token":"","logprob":-1})";
    std::string tokens = token;
    for (int i = 1; i < 25; ++i) {
        tokens += "," + token;
    }
    const std::vector<std::pair<std::string, std::string>> pieces = {
        {"content", delta(R"("content":")" + text + R"(")")},
        {"refusal", delta(R"("refusal":")" + text + R"(")")},
        {"arguments", delta(R"("tool_calls":[{"index":0,"function":{"arguments":")" + text + R"("}}])")},
        {"logprobs without text", delta(R"("content":"")", R"(,"logprobs":{"content":[)" + tokens + "]}")},
    };
    for (const auto& [name, event] : pieces) {
        SCOPED_TRACE(name);
        ChatStreamReader kept(true, 1000);
        ChatStreamReader counted(false, 1000);
        int accepted = 0;
        while (accepted < 20 && feed(kept, event)) {
            ++accepted;
        }
        EXPECT_GT(accepted, 5);
        EXPECT_LE(accepted, 10);
        EXPECT_EQ(feed(kept, event).error().kind(), ErrorKind::UpstreamMalformed);
        for (int i = 0; i < 20; ++i) {
            EXPECT_TRUE(feed(counted, event).has_value()) << "what is not kept needs no bound";
        }
    }
}

TEST(ChatStreamReader, BoundsTheNumberOfToolCalls) {
    ChatStreamReader reader(true);
    int accepted = 0;
    while (accepted < 200 && feed(reader, delta(R"("tool_calls":[{"id":")" + std::to_string(accepted) +
                                                R"(","function":{"name":"f","arguments":"{}"}}])"))) {
        ++accepted;
    }
    EXPECT_EQ(accepted, 128);
}

}  // namespace
}  // namespace tierway::dialect
