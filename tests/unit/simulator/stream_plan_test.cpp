#include "simulator/stream_plan.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace tierway::simulator {
namespace {

using nlohmann::json;

Answer answer_of(std::vector<std::string> tokens) {
    Answer answer;
    answer.finish_reason = "stop";
    for (std::string& text : tokens) {
        Token token;
        token.text = std::move(text);
        token.log_probability = -0.25;
        answer.tokens.push_back(std::move(token));
    }
    return answer;
}

ReplyHead head() {
    ReplyHead one;
    one.id = "chatcmpl-sim-1";
    one.model = "sim-small";
    one.created = 1'700'000'000;
    return one;
}

ChatInput streaming() {
    ChatInput input;
    input.model = "sim-small";
    input.text_bytes = 8;
    input.stream = true;
    return input;
}

std::string bytes_of(const SendPlan& plan) {
    std::string bytes;
    for (const SendStep& step : plan.steps) {
        bytes += step.bytes;
    }
    return bytes;
}

/// The payloads of the `data:` lines.
std::vector<std::string> payloads(const SendPlan& plan) {
    std::vector<std::string> found;
    const std::string bytes = bytes_of(plan);
    for (std::size_t at = 0; at < bytes.size();) {
        std::size_t end = bytes.find('\n', at);
        std::string line = bytes.substr(at, end - at);
        at = end + 1;
        if (!line.empty() && line.back() == '\r') {
            line.pop_back();
        }
        if (line.starts_with("data: ")) {
            found.push_back(line.substr(6));
        }
    }
    return found;
}

SendPlan plan(const Faults& faults, ChatInput input = streaming()) {
    const std::vector<Answer> answers{answer_of({"Hi", " there"})};
    return plan_stream(head(), input, faults, answers);
}

TEST(StreamPlan, SendsRoleTextFinishAndDone) {
    const SendPlan stream = plan(Faults());
    EXPECT_EQ(stream.ending, SendPlan::Ending::Finish);
    const auto events = payloads(stream);
    ASSERT_EQ(events.size(), 5U);
    const json role = json::parse(events[0]);
    EXPECT_EQ(role["object"], "chat.completion.chunk");
    EXPECT_EQ(role["id"], "chatcmpl-sim-1");
    EXPECT_EQ(role["model"], "sim-small");
    EXPECT_EQ(role["created"], 1'700'000'000);
    EXPECT_EQ(role["system_fingerprint"], "simulated");
    EXPECT_EQ(role["choices"][0]["delta"], json::parse(R"({"role":"assistant","content":"","refusal":null})"));
    EXPECT_TRUE(role["choices"][0]["finish_reason"].is_null());
    EXPECT_FALSE(role.contains("usage"));
    EXPECT_EQ(json::parse(events[1])["choices"][0]["delta"], json::parse(R"({"content":"Hi"})"));
    EXPECT_EQ(json::parse(events[2])["choices"][0]["delta"], json::parse(R"({"content":" there"})"));
    EXPECT_EQ(json::parse(events[3])["choices"][0]["finish_reason"], "stop");
    EXPECT_EQ(json::parse(events[3])["choices"][0]["delta"], json::object());
    EXPECT_EQ(events[4], "[DONE]");
    EXPECT_TRUE(bytes_of(stream).ends_with("data: [DONE]\n\n"));
}

TEST(StreamPlan, SendsUsageOnlyWhenAskedFor) {
    ChatInput input = streaming();
    input.include_usage = true;
    const auto events = payloads(plan(Faults(), input));
    ASSERT_EQ(events.size(), 6U);
    EXPECT_TRUE(json::parse(events[0])["usage"].is_null());
    const json last = json::parse(events[4]);
    EXPECT_EQ(last["choices"], json::array());
    EXPECT_EQ(last["usage"]["prompt_tokens"], 2);
    EXPECT_EQ(last["usage"]["completion_tokens"], 2);
    EXPECT_EQ(last["usage"]["total_tokens"], 4);
    EXPECT_EQ(last["usage"]["prompt_tokens_details"]["cached_tokens"], 0);
    EXPECT_EQ(last["usage"]["completion_tokens_details"]["reasoning_tokens"], 0);
    Faults faults;
    faults.no_usage = true;
    EXPECT_EQ(payloads(plan(faults, input)).size(), 5U);
}

TEST(StreamPlan, LeavesOutWhatItIsToldTo) {
    Faults faults;
    faults.no_done = true;
    EXPECT_EQ(payloads(plan(faults)).size(), 4U);
    faults.no_finish = true;
    const auto events = payloads(plan(faults));
    ASSERT_EQ(events.size(), 3U);
    EXPECT_TRUE(json::parse(events.back())["choices"][0]["finish_reason"].is_null());
}

TEST(StreamPlan, EndsAsTheFaultSays) {
    struct Case {
        const char* name;
        std::optional<std::size_t> Faults::*field;
        SendPlan::Ending ending;
    };
    const Case cases[] = {{"cut", &Faults::cut_after, SendPlan::Ending::Cut},
                          {"reset", &Faults::reset_after, SendPlan::Ending::Reset},
                          {"stall", &Faults::stall_after, SendPlan::Ending::Silence}};
    for (const Case& one : cases) {
        for (const std::size_t count : {0U, 1U, 3U, 4U}) {
            SCOPED_TRACE(std::string(one.name) + " after " + std::to_string(count));
            Faults faults;
            faults.*(one.field) = count;
            const SendPlan stream = plan(faults);
            EXPECT_EQ(stream.ending, one.ending);
            EXPECT_EQ(payloads(stream).size(), count);
        }
        Faults late;
        late.*(one.field) = 5;
        EXPECT_EQ(plan(late).ending, SendPlan::Ending::Finish);
    }
}

TEST(StreamPlan, PutsInAMalformedEventAndGoesOn) {
    Faults faults;
    faults.malformed_after = 2;
    const auto events = payloads(plan(faults));
    ASSERT_EQ(events.size(), 6U);
    EXPECT_TRUE(json::parse(events[2], nullptr, false).is_discarded());
    EXPECT_EQ(events.back(), "[DONE]");
}

TEST(StreamPlan, PutsInAnErrorAndEnds) {
    Faults faults;
    faults.error_after = 2;
    auto events = payloads(plan(faults));
    ASSERT_EQ(events.size(), 3U);
    EXPECT_EQ(json::parse(events[2])["error"]["type"], "server_error");
    EXPECT_TRUE(json::parse(events[2])["error"].contains("param"));
    faults = Faults();
    faults.error_in_200 = true;
    events = payloads(plan(faults));
    ASSERT_EQ(events.size(), 1U);
    EXPECT_TRUE(json::parse(events[0]).contains("error"));
}

TEST(StreamPlan, BillsAnswersAndNoErrors) {
    for (const SendStep& step : plan(Faults()).steps) {
        EXPECT_TRUE(step.billed);
    }
    Faults faults;
    faults.error_after = 2;
    const SendPlan stream = plan(faults);
    ASSERT_EQ(stream.steps.size(), 3U);
    EXPECT_TRUE(stream.steps[1].billed);
    EXPECT_FALSE(stream.steps[2].billed);
    const std::vector<Answer> answers{answer_of({"Hi"})};
    EXPECT_FALSE(plan_whole(head(), streaming(), faults, answers).steps[0].billed);
}

TEST(StreamPlan, WritesCommentsAndCarriageReturns) {
    Faults faults;
    faults.comments = true;
    faults.crlf = true;
    const SendPlan stream = plan(faults);
    EXPECT_EQ(payloads(stream).size(), 5U);
    for (const SendStep& step : stream.steps) {
        EXPECT_TRUE(step.bytes.starts_with(": simulated comment\r\n\r\ndata: "));
        EXPECT_TRUE(step.bytes.ends_with("\r\n\r\n"));
    }
}

TEST(StreamPlan, InterleavesChoicesByIndex) {
    const std::vector<Answer> answers{answer_of({"a", "b"}), answer_of({"x"})};
    const auto events = payloads(plan_stream(head(), streaming(), Faults(), answers));
    std::vector<int> order;
    for (const std::string& event : events) {
        if (event != "[DONE]") {
            order.push_back(json::parse(event)["choices"][0]["index"].get<int>());
        }
    }
    EXPECT_EQ(order, (std::vector<int>{0, 1, 0, 1, 0, 0, 1}));
}

TEST(StreamPlan, StreamsToolCalls) {
    Answer answer = answer_of({"{\"a\"", ":1}"});
    answer.form = Answer::Form::ToolCall;
    answer.finish_reason = "tool_calls";
    answer.tool_name = "f";
    answer.tool_call_id = "call_1";
    const std::vector<Answer> answers{answer};
    const auto events = payloads(plan_stream(head(), streaming(), Faults(), answers));
    ASSERT_EQ(events.size(), 6U);
    EXPECT_TRUE(json::parse(events[0])["choices"][0]["delta"]["content"].is_null());
    EXPECT_EQ(json::parse(events[1])["choices"][0]["delta"]["tool_calls"][0],
              json::parse(R"({"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":""}})"));
    EXPECT_EQ(json::parse(events[2])["choices"][0]["delta"]["tool_calls"][0],
              json::parse(R"({"index":0,"function":{"arguments":"{\"a\""}})"));
    EXPECT_EQ(json::parse(events[4])["choices"][0]["finish_reason"], "tool_calls");
}

TEST(StreamPlan, CarriesLogprobsOnlyWhenAskedFor) {
    ChatInput input = streaming();
    EXPECT_TRUE(json::parse(payloads(plan(Faults(), input))[1])["choices"][0]["logprobs"].is_null());
    input.logprobs = true;
    input.top_logprobs = 3;
    const json token = json::parse(payloads(plan(Faults(), input))[1])["choices"][0]["logprobs"]["content"][0];
    EXPECT_EQ(token["token"], "Hi");
    EXPECT_DOUBLE_EQ(token["logprob"].get<double>(), -0.25);
    EXPECT_EQ(token["bytes"], json::parse("[72,105]"));
    ASSERT_EQ(token["top_logprobs"].size(), 3U);
    EXPECT_EQ(token["top_logprobs"][0]["token"], "Hi");
    EXPECT_LT(token["top_logprobs"][2]["logprob"].get<double>(), token["top_logprobs"][1]["logprob"].get<double>());
}

TEST(WholePlan, IsAChatCompletion) {
    ChatInput input = streaming();
    input.stream = false;
    input.logprobs = true;
    const std::vector<Answer> answers{answer_of({"Hi", " there"})};
    const SendPlan whole = plan_whole(head(), input, Faults(), answers);
    ASSERT_EQ(whole.steps.size(), 1U);
    EXPECT_EQ(whole.steps[0].tokens, 2U);
    const json reply = json::parse(whole.steps[0].bytes);
    EXPECT_EQ(reply["object"], "chat.completion");
    EXPECT_EQ(reply["system_fingerprint"], "simulated");
    EXPECT_EQ(reply["choices"][0]["message"]["content"], "Hi there");
    EXPECT_TRUE(reply["choices"][0]["message"]["refusal"].is_null());
    EXPECT_FALSE(reply["choices"][0]["message"].contains("tool_calls"));
    EXPECT_EQ(reply["choices"][0]["logprobs"]["content"].size(), 2U);
    EXPECT_EQ(reply["choices"][0]["finish_reason"], "stop");
    EXPECT_EQ(reply["usage"]["total_tokens"], 4);
}

TEST(WholePlan, GoesWrongAsTheFaultSays) {
    ChatInput input = streaming();
    input.stream = false;
    const std::vector<Answer> answers{answer_of({"Hi"})};
    Faults faults;
    faults.cut_after = 1;
    SendPlan whole = plan_whole(head(), input, faults, answers);
    EXPECT_EQ(whole.ending, SendPlan::Ending::Cut);
    ASSERT_EQ(whole.steps.size(), 1U);
    EXPECT_TRUE(json::parse(whole.steps[0].bytes, nullptr, false).is_discarded());
    faults = Faults();
    faults.reset_after = 0;
    whole = plan_whole(head(), input, faults, answers);
    EXPECT_EQ(whole.ending, SendPlan::Ending::Reset);
    EXPECT_TRUE(whole.steps.empty());
    faults = Faults();
    faults.malformed_after = 1;
    whole = plan_whole(head(), input, faults, answers);
    EXPECT_EQ(whole.ending, SendPlan::Ending::Finish);
    EXPECT_TRUE(json::parse(whole.steps[0].bytes, nullptr, false).is_discarded());
    faults = Faults();
    faults.error_in_200 = true;
    EXPECT_TRUE(json::parse(plan_whole(head(), input, faults, answers).steps[0].bytes).contains("error"));
    faults = Faults();
    faults.no_usage = faults.no_finish = true;
    const json reply = json::parse(plan_whole(head(), input, faults, answers).steps[0].bytes);
    EXPECT_FALSE(reply.contains("usage"));
    EXPECT_TRUE(reply["choices"][0]["finish_reason"].is_null());
}

}  // namespace
}  // namespace tierway::simulator
