#include "tierway/dialect/completions.hpp"

#include <gtest/gtest.h>

#include "dialect/document.hpp"
#include "dialect/hostile_json.hpp"
#include "tierway/dialect/chat.hpp"

namespace tierway::dialect::completions {
namespace {

using Kind = ReplyEvent::Kind;

std::string with(const std::string& members) {
    return R"({"model":"auto","prompt":"Once")" + (members.empty() ? "" : "," + members) + "}";
}

/// The request as a Chat body; of one that is refused `code param`.
std::string as_chat(const std::string& body) {
    const Document document(body);
    const auto read = read_request(document.root());
    if (!read) {
        return std::string(read.error().code()) + " " + std::string(read.error().param());
    }
    Omissions omissions;
    return chat::write_request(*read, omissions);
}

TEST(CompletionsRequest, IsWhatAUserSays) {
    const std::string expected = R"({"model":"auto","messages":[{"role":"user","content":"Once"}],"max_completion_tokens":16})";
    EXPECT_EQ(as_chat(with("")), expected);
    EXPECT_EQ(as_chat(R"({"model":"auto","prompt":["Once"]})"), expected);
    EXPECT_EQ(as_chat(with(R"("echo":false,"suffix":null,"best_of":1,"logit_bias":{},"stop":null,"n":null)")), expected);
}

TEST(CompletionsRequest, KeepsItsSettings) {
    EXPECT_EQ(as_chat(with(R"("max_tokens":9,"n":2,"best_of":2,"stop":["a","b"],"temperature":0.5,"top_p":1,"seed":3,)"
                           R"("presence_penalty":-1,"frequency_penalty":2,"logit_bias":{"5":-100},"user":"u","stream":true,)"
                           R"("stream_options":{"include_usage":true})")),
              R"({"model":"auto","messages":[{"role":"user","content":"Once"}],"max_completion_tokens":9,"n":2,"stop":["a","b"],)"
              R"("temperature":0.5,"top_p":1,"presence_penalty":-1,"frequency_penalty":2,"seed":3,"logit_bias":{"5":-100},"user":"u",)"
              R"("stream":true,"stream_options":{"include_usage":true}})");
}

TEST(CompletionsRequest, RefusesWhatHasNoWordsInAConversation) {
    EXPECT_EQ(as_chat(with(R"("suffix":"end")")), "unsupported_parameter suffix");
    EXPECT_EQ(as_chat(with(R"("echo":true)")), "unsupported_parameter echo");
    EXPECT_EQ(as_chat(with(R"("best_of":2)")), "unsupported_parameter best_of");
    EXPECT_EQ(as_chat(R"({"model":"auto","prompt":["a","b"]})"), "unsupported_parameter prompt");
    EXPECT_EQ(as_chat(R"({"model":"auto","prompt":[1,2]})"), "unsupported_parameter prompt");
    EXPECT_EQ(as_chat(R"({"model":"auto","prompt":[[1,2]]})"), "unsupported_parameter prompt");
}

TEST(CompletionsRequest, RefusesWhatTheApiDoesNotHave) {
    EXPECT_EQ(as_chat(R"({"model":"auto"})"), "missing_required_parameter prompt");
    EXPECT_EQ(as_chat(R"({"model":"auto","prompt":[]})"), "missing_required_parameter prompt");
    EXPECT_EQ(as_chat(R"({"model":"auto","prompt":""})"), "invalid_value prompt");
    EXPECT_EQ(as_chat(R"({"model":"auto","prompt":3})"), "invalid_type prompt");
    EXPECT_EQ(as_chat(R"({"prompt":"a"})"), "missing_required_parameter model");
    EXPECT_EQ(as_chat(with(R"("max_tokens":0)")), "invalid_value max_tokens");
    EXPECT_EQ(as_chat(with(R"("temperature":"hot")")), "invalid_type temperature");
    EXPECT_EQ(as_chat(with(R"("stream_options":{})")), "invalid_value stream_options");
    EXPECT_EQ(as_chat("7"), "invalid_type ");
}

TEST(CompletionsRequest, SaysThatItLeavesOutLogprobs) {
    const Document document(with(R"("logprobs":3)"));
    const auto read = read_request(document.root());
    ASSERT_TRUE(read);
    EXPECT_EQ(read->omitted, (Omissions{"logprobs"}));
    EXPECT_FALSE(read->logprobs);
}

TEST(CompletionsRequest, SurvivesWhateverItsMembersAre) {
    const std::string sample = R"({"model":"m","prompt":["a"],"stop":["b"],"n":1,"stream":true,"stream_options":{"include_usage":true},)"
                               R"("logit_bias":{"1":2},"suffix":"","echo":false,"seed":1,"temperature":1,"user":"u","logprobs":1})";
    for (const std::string& variant : hostile_variants(sample)) {
        const Document document(variant);
        const auto read = read_request(document.root());
        EXPECT_TRUE(read || read.error().kind() == ErrorKind::InvalidRequest) << variant;
    }
}

TEST(CompletionsReply, HoldsTheTextOfEachChoice) {
    const Document answer(R"({"id":"c","created":7,"model":"up","choices":[)"
                          R"({"index":0,"message":{"role":"assistant","content":"upon","reasoning_content":"hm"},"finish_reason":"length"},)"
                          R"({"index":1,"message":{"role":"assistant","content":null,"refusal":"No."},"finish_reason":"stop"}],)"
                          R"("usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}})");
    const auto written = nlohmann::json::parse(write_reply(chat::read_reply(answer.root()), "cmpl-1", "small/model"));
    EXPECT_EQ(written["object"], "text_completion");
    EXPECT_EQ(written["id"], "cmpl-1");
    EXPECT_EQ(written["created"], 7);
    EXPECT_EQ(written["model"], "small/model");
    EXPECT_EQ(written["choices"], nlohmann::json::parse(R"([{"text":"upon","index":0,"logprobs":null,"finish_reason":"length"},)"
                                                        R"({"text":"No.","index":1,"logprobs":null,"finish_reason":"stop"}])"));
    EXPECT_EQ(written["usage"]["total_tokens"], 3);
}

ReplyEvent event(Kind kind, std::string text = "") {
    ReplyEvent made;
    made.kind = kind;
    made.text = std::move(text);
    made.created = 7;
    made.finish_reason = FinishReason::ContentFilter;
    made.usage = TokenUsage{.prompt = 1, .completion = 2};
    return made;
}

std::string stream_of(bool include_usage) {
    StreamWriter writer("cmpl-1", "m", include_usage);
    std::string out;
    for (const ReplyEvent& each : {event(Kind::Begin), event(Kind::Text, "upon"), event(Kind::Reasoning, "hm"), event(Kind::Text),
                                   event(Kind::Finish), event(Kind::Usage)}) {
        writer.write(each, out);
    }
    writer.end({R"({"tier":"small"})", true}, out);
    writer.end({R"({"tier":"small"})", true}, out);
    writer.write(event(Kind::Text, "late"), out);
    return out;
}

constexpr std::string_view kHead = R"(data: {"id":"cmpl-1","object":"text_completion","created":7,"model":"m","choices":[)";

TEST(CompletionsStream, IsPiecesOfTextAndOneEnd) {
    const std::string head(kHead);
    EXPECT_EQ(stream_of(false), head + R"({"text":"upon","index":0,"logprobs":null,"finish_reason":null}]})" + "\n\n" + head +
                                    R"({"text":"","index":0,"logprobs":null,"finish_reason":"content_filter"}]})" + "\n\n" +
                                    R"(: tierway {"tier":"small"})" + "\n\ndata: [DONE]\n\n");
}

TEST(CompletionsStream, TellsItsUsageToWhoAsks) {
    const std::string stream = stream_of(true);
    const std::string last = std::string(kHead) + R"(],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3)";
    EXPECT_NE(stream.find(last), std::string::npos) << stream;
    EXPECT_NE(stream.find(R"("tierway":{"tier":"small"}})" "\n\ndata: [DONE]\n\n"), std::string::npos) << stream;
    EXPECT_NE(stream.find(R"("finish_reason":null}],"usage":null})"), std::string::npos) << stream;
}

}  // namespace
}  // namespace tierway::dialect::completions
