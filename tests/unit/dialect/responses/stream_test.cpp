#include "hostile.hpp"
#include "streams.hpp"
#include "tierway/dialect/error_body.hpp"

// Whole streams of both sides are in tests/golden/dialects/responses.

namespace tierway::dialect::responses {
namespace {

using Json = nlohmann::json;
using Kind = ReplyEvent::Kind;

const Json kCall = {{"type", "function_call"}, {"id", "fc_1"}, {"call_id", "call_1"}, {"name", "f"}, {"arguments", R"({"a":1})"}};

Json payload(const std::string& type, Json members = Json::object()) {
    members["type"] = type;
    return members;
}

Json item_event(const std::string& type, std::int64_t index, Json item) {
    return payload("response.output_item." + type, {{"output_index", index}, {"item", std::move(item)}});
}

Json text_delta(std::int64_t index, const std::string& text) {
    return payload("response.output_text.delta", {{"output_index", index}, {"content_index", 0}, {"delta", text}});
}

Json completed(Json output = Json::array()) {
    return payload("response.completed", {{"response", {{"status", "completed"}, {"output", std::move(output)}}}});
}

std::string texts_of(const std::vector<ReplyEvent>& events, Kind kind) {
    std::string text;
    for (const ReplyEvent& event : events) {
        text += event.kind == kind ? event.text : "";
    }
    return text;
}

ReplyEvent call_event(std::int64_t tool, std::string id, std::string name) {
    ReplyEvent event = event_of(Kind::ToolCall);
    event.tool = tool;
    event.id = std::move(id);
    event.name = std::move(name);
    return event;
}

ReplyEvent arguments_event(std::int64_t tool, std::string text) {
    ReplyEvent event = event_of(Kind::ToolArguments, std::move(text));
    event.tool = tool;
    return event;
}

ReplyEvent finish_event(FinishReason reason) {
    ReplyEvent event = event_of(Kind::Finish);
    event.finish_reason = reason;
    return event;
}

TEST(ResponsesStreamReader, TellsNothingTwice) {
    const Json message = {{"type", "message"}, {"content", {{{"type", "output_text"}, {"text", "Hello!"}}}}};
    const StreamRun run(
        sse({text_delta(0, "Hel"), text_delta(0, "lo"),
             payload("response.output_text.done", {{"output_index", 0}, {"content_index", 0}, {"text", "Hello!"}}),
             item_event("done", 0, message), item_event("done", 0, message), text_delta(0, "late"), completed({message})}));
    EXPECT_EQ(texts_of(run.events, Kind::Text), "Hello!") << "with the end that no delta brought";
}

TEST(ResponsesStreamReader, TellsACallWhenItsBeginningWasNotTold) {
    const StreamRun run(sse({payload("response.function_call_arguments.delta", {{"output_index", 0}, {"delta", R"({"a")"}}),
                             item_event("done", 0, kCall), completed()}));
    ASSERT_EQ(run.events.size(), 5U) << to_json(run.events);
    EXPECT_EQ(run.events[1].id, "call_1");
    EXPECT_EQ(run.events[2].text, R"({"a":1})");
    EXPECT_EQ(run.events[3].finish_reason, FinishReason::ToolCalls);
}

TEST(ResponsesStreamReader, TakesFromTheLastEventWhatNoItemToldYet) {
    const StreamRun run(
        sse({item_event("added", 0, kCall), text_delta(1, "Hi"),
             completed({kCall, {{"type", "message"}, {"content", {{{"type", "output_text"}, {"text", "Hi."}}}}}})}));
    EXPECT_EQ(texts_of(run.events, Kind::ToolArguments), R"({"a":1})");
    EXPECT_EQ(texts_of(run.events, Kind::Text), "Hi.");
}

TEST(ResponsesStreamReader, HearsNothingBehindTheEnd) {
    const StreamRun run(sse({completed(), text_delta(0, "late"), completed(), payload("error", {{"message", "late"}})}));
    EXPECT_TRUE(run.result);
    EXPECT_EQ(run.events.size(), 3U) << to_json(run.events);
}

TEST(ResponsesStreamReader, IgnoresWhatItDoesNotKnow) {
    const StreamRun run("event: ping\ndata: {}\n\ndata: [DONE]\n\n" +
                        sse({payload("response.new.thing", {{"output_index", -9}}), payload("keepalive"),
                             item_event("added", 0, {{"type", "image_generation_call"}}),
                             item_event("done", 0, {{"type", "image_generation_call"}})}));
    EXPECT_TRUE(run.result);
    EXPECT_EQ(run.events.size(), 1U) << "it begins";
}

TEST(ResponsesStreamReader, GivesTheProvidersErrorInEachOfItsForms) {
    for (const Json& event :
         {payload("error", {{"code", "rate_limit_exceeded"}, {"message", "Slow."}, {"param", nullptr}}),
          payload("error", {{"error", {{"code", "rate_limit_exceeded"}, {"type", "requests"}, {"message", "Slow."}}}}),
          payload("response.failed",
                  {{"response", {{"status", "failed"}, {"error", {{"code", "rate_limit_exceeded"}, {"message", "Slow."}}}}}}),
          Json{{"error", {{"code", 429}, {"message", "Slow."}}}}}) {
        const StreamRun run(sse({text_delta(0, "Hi"), event}));
        ASSERT_FALSE(run.result) << event;
        EXPECT_EQ(http_status(run.result.error()), 429U) << event;
        EXPECT_NE(run.result.error().message().find("Slow."), std::string_view::npos);
    }
    const StreamRun silent(sse({payload("response.failed", {{"response", {{"error", nullptr}}}})}));
    ASSERT_FALSE(silent.result);
    EXPECT_EQ(silent.result.error().kind(), ErrorKind::UpstreamUnavailable);
}

TEST(ResponsesStreamReader, RefusesWhatNoApiAllows) {
    for (const Json& index : {Json(-1), Json(1024), Json("0"), Json(1.5)}) {
        const StreamRun run(sse({payload("response.output_text.delta", {{"output_index", index}, {"delta", "x"}})}));
        ASSERT_FALSE(run.result) << index;
        EXPECT_EQ(run.result.error().kind(), ErrorKind::UpstreamMalformed);
    }
    std::vector<Json> calls;
    for (std::int64_t i = 0; i <= 128; ++i) {
        calls.push_back(item_event("done", i, kCall));
    }
    EXPECT_FALSE(StreamRun(sse(calls)).result);
    calls.pop_back();
    EXPECT_TRUE(StreamRun(sse(calls)).result);
    EXPECT_FALSE(StreamRun("data: 1\n\n").result);
}

TEST(ResponsesStreamReader, SurvivesAMemberOfEveryKindInEveryPlace) {
    const std::vector<Json> stream = {
        payload("response.created", {{"response", {{"id", "r"}, {"model", "m"}, {"created_at", 1}}}}),
        item_event("added", 0, kCall),
        payload("response.function_call_arguments.delta", {{"output_index", 0}, {"delta", "{"}}),
        item_event("done", 0, kCall),
        payload("response.output_text.delta",
                {{"output_index", 1}, {"content_index", 0}, {"delta", "x"}, {"logprobs", {{{"token", "x"}}}}}),
        payload("response.reasoning_summary_text.delta",
                {{"output_index", 2}, {"summary_index", 0}, {"delta", "x"}, {"item_id", "i"}}),
        item_event("done", 2, {{"type", "reasoning"}, {"summary", {{{"text", "x"}}}}, {"encrypted_content", "s"}}),
        completed({{{"type", "message"}, {"content", {{{"type", "refusal"}, {"refusal", "x"}}}}}})};
    for (std::size_t i = 0; i < stream.size(); ++i) {
        with_each_value_replaced(stream[i], [&stream, i](const Json& hostile) {
            std::vector<Json> payloads = stream;
            payloads[i] = hostile;
            payloads_of(written(StreamRun(sse(payloads)).events));
        });
    }
}

TEST(ResponsesStreamWriter, ClosesACallBeforeTheNext) {
    const Json stream = payloads_of(written({call_event(0, "a", "f"), arguments_event(0, "{}"), call_event(1, "b", "g"),
                                             arguments_event(1, "{}"), finish_event(FinishReason::ToolCalls)}));
    std::string order;
    for (const Json& event : stream) {
        const std::string type = event["type"];
        order += type.substr(type.rfind('.') + 1) + std::to_string(event.value("output_index", 9)) + " ";
    }
    EXPECT_EQ(order, "created9 in_progress9 added0 delta0 done0 done0 added1 delta1 done1 done1 completed9 ");
}

TEST(ResponsesStreamWriter, KeepsInterleavedCallsApart) {
    const std::string stream =
        written({call_event(0, "a", "f"), arguments_event(0, R"({"x":)"), call_event(1, "b", "g"), arguments_event(1, R"({"y":)"),
                 arguments_event(0, "1}"), arguments_event(1, "2}"), finish_event(FinishReason::ToolCalls)});
    const Json output = payloads_of(stream).back()["response"]["output"];
    ASSERT_EQ(output.size(), 2U);
    EXPECT_EQ(output[0]["arguments"], R"({"x":1})");
    EXPECT_EQ(output[1]["arguments"], R"({"y":2})");
}

TEST(ResponsesStreamWriter, GivesACallWithoutArgumentsAnEmptyObject) {
    const Json stream = payloads_of(written({call_event(0, "a", "f"), finish_event(FinishReason::ToolCalls)}));
    EXPECT_EQ(stream[3]["delta"], "{}");
    EXPECT_EQ(stream.back()["response"]["output"][0]["arguments"], "{}");
    const Json cut = payloads_of(written({call_event(0, "a", "f"), finish_event(FinishReason::Length)}));
    EXPECT_EQ(cut.back()["response"]["output"][0]["arguments"], "") << "what was cut is not made up";
}

TEST(ResponsesStreamWriter, MarksForeignSealsAndCarriesSignatures) {
    ReplyEvent seal = event_of(Kind::ReasoningSeal, "sig");
    seal.origin = Origin::Anthropic;
    ReplyEvent hidden = event_of(Kind::ReasoningSeal, "data");
    hidden.origin = Origin::Anthropic;
    hidden.hidden = true;
    ReplyEvent call = call_event(0, "a", "f");
    call.seal = "gsig";
    const Json output = payloads_of(written({event_of(Kind::Reasoning, "Hm."), seal, hidden, event_of(Kind::ReasoningSeal), call,
                                             finish_event(FinishReason::ToolCalls)}))
                            .back()["response"]["output"];
    ASSERT_EQ(output.size(), 4U) << output;
    EXPECT_EQ(output[0]["encrypted_content"], "anthropic:sig");
    EXPECT_EQ(output[0]["summary"][0]["text"], "Hm.");
    EXPECT_EQ(output[1]["encrypted_content"], "anthropic!:data");
    EXPECT_EQ(output[2]["encrypted_content"], "gemini!:gsig");
}

TEST(ResponsesStreamWriter, TellsTheFirstChoiceOnly) {
    ReplyEvent second = event_of(Kind::Text, "no");
    second.choice = 1;
    EXPECT_EQ(written({event_of(Kind::Text, "yes"), second, finish_event(FinishReason::Stop)}).find("no\""), std::string::npos);
}

TEST(ResponsesStreamWriter, EndsOnce) {
    StreamWriter writer("resp_1", "small", {});
    std::string out;
    writer.write(finish_event(FinishReason::Stop), out);
    writer.end({}, out);
    const std::string ended = out;
    writer.end({}, out);
    writer.write(event_of(Kind::Text, "late"), out);
    writer.fail(Error::internal("late"), {}, out);
    EXPECT_EQ(out, ended);
}

TEST(ResponsesStreamWriter, FailsAsTheApiDoes) {
    StreamWriter writer("resp_1", "small", {});
    std::string out;
    writer.write(event_of(Kind::Text, "Hal"), out);
    const Error error = Error::upstream(ErrorKind::UpstreamTruncated, "upstream_truncated", "It ended early.");
    writer.fail(error, {.disclosure = R"({"class":"chat"})"}, out);
    const Json stream = payloads_of(out);
    const Json& failed = stream[stream.size() - 2];
    EXPECT_EQ(failed["type"], "response.failed");
    EXPECT_EQ(failed["response"]["status"], "failed");
    EXPECT_EQ(failed["response"]["error"], (Json{{"code", "server_error"}, {"message", "It ended early."}}));
    EXPECT_EQ(failed["response"]["tierway"]["class"], "chat");
    EXPECT_EQ(stream.back()["type"], "error");
    EXPECT_EQ(stream.back()["error"]["code"], "upstream_truncated") << "by this member the SDKs throw";
    EXPECT_FALSE(StreamRun(out).result);
}

TEST(ResponsesStreamWriter, KeepsTheCodesThatClientsActOn) {
    for (const auto& [error, code] :
         {std::pair<Error, std::string>{
              Error::upstream(ErrorKind::UpstreamUnavailable, "rate_limit_exceeded", "Slow.").with_status(429),
              "rate_limit_exceeded"},
          {Error::upstream(ErrorKind::UpstreamRejected, "context_length_exceeded", "Long.").with_status(400),
           "context_length_exceeded"},
          {Error::internal("Oh."), "server_error"}}) {
        StreamWriter writer("resp_1", "small", {});
        std::string out;
        writer.fail(error, {}, out);
        EXPECT_EQ(payloads_of(out)[0]["response"]["error"]["code"], code);
    }
}

}  // namespace
}  // namespace tierway::dialect::responses
