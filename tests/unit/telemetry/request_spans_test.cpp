#include "tierway/telemetry/request_spans.hpp"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "tierway/telemetry/otlp_request.hpp"

namespace tierway::telemetry {
namespace {

using nlohmann::json;

WallTime at(std::int64_t milliseconds) {
    return WallTime(std::chrono::milliseconds(1'700'000'000'000 + milliseconds));
}

DecisionRecord sample_record() {
    DecisionRecord record;
    record.request_id = "req_1";
    record.principal = "checkout";
    record.method = "POST";
    record.path = "/v1/chat/completions";
    record.asked_model = "auto\"\n\xff";
    record.stream = true;
    record.request_class = "extraction";
    record.classifier = "rules";
    record.bound_tier = "small";
    record.tier = "frontier";
    record.model = "dear/frontier";
    record.escalation = "approved";
    record.escalation_reason = "low_confidence";
    record.confidence = 0.25;
    const Usd cost = Usd::from_nano(5'000);
    record.attempts.push_back({"cheap/small", "small", "draft", "provider", 100, 20, 30, 0, 5, "standard", cost, ""});
    record.attempts.push_back({"judge/one", "small", "judge", "none", 0, 0, 0, 0, 0, "standard", Usd(), "no"});
    record.cost = Usd::from_nano(1'234'567);
    record.baseline = Usd::from_nano(2'000'000);
    record.status = 200;
    record.outcome = "ok";
    record.policy = "0123456789ab";
    return record;
}

RequestSpan sample_request() {
    RequestSpan request;
    request.context = {{0x0af7651916cd43dd, 0x8448eb211c80319c}, {0x00f067aa0ba902b7}, TraceContext::kSampled};
    request.parent = {0xb7ad6b7169203331};
    request.tracestate = "rojo=1";
    request.method = "POST";
    request.route = "/v1/chat/completions";
    request.began = at(0);
    request.ended = at(1'500);
    return request;
}

std::vector<AttemptSpan> sample_attempts(std::span<const std::string_view> reasons) {
    AttemptSpan draft;
    draft.id = {0x1};
    draft.operation = "chat";
    draft.provider = "openai";
    draft.request_model = "small-2026";
    draft.response_model = "small-2026-01";
    draft.server_address = "api.example.com";
    draft.server_port = 443;
    draft.finish_reasons = reasons;
    draft.began = at(10);
    draft.ended = at(700);
    draft.time_to_first_chunk = std::chrono::milliseconds(250);
    AttemptSpan judge = draft;
    judge.id = {0xfedcba9876543210};
    judge.response_model = {};
    judge.finish_reasons = {};
    judge.error_type = "upstream_rejected";
    judge.status = 400;
    judge.time_to_first_chunk.reset();
    return {draft, judge};
}

std::string sample_export() {
    constexpr std::array<std::string_view, 2> kReasons{"stop", "length"};
    AskedFor asked;
    asked.max_tokens = 300;
    asked.seed = 9'007'199'254'740'993;  // More than a double holds.
    asked.temperature = 0.2;
    asked.output_type = "json";
    TextBuffer spans;
    EXPECT_EQ(write_request_spans(sample_record(), sample_request(), asked, sample_attempts(kReasons), spans), 3U);
    const std::vector<std::pair<std::string, std::string>> resource{{"k8s.pod.name", "tierway-0"}};
    const OtlpFrame frame = otlp_frame("checkout \"gateway\"", "1.2.3", "instance-1", resource);
    return frame.before + spans.to_string() + std::string(frame.behind);
}

const json& spans_of(const json& request) {
    return request["resourceSpans"][0]["scopeSpans"][0]["spans"];
}

json attribute_of(const json& span, const std::string& key) {
    for (const json& attribute : span["attributes"]) {
        if (attribute["key"] == key) {
            return attribute["value"];
        }
    }
    return {};
}

TEST(RequestSpans, AreWrittenAsTheGoldenFileHasThem) {
    const std::string path = std::string(TIERWAY_SOURCE_DIR) + "/tests/golden/otlp/cascade.json";
    std::ifstream file(path);
    ASSERT_TRUE(file) << path;
    const json written = json::parse(sample_export());
    EXPECT_EQ(written, json::parse(file)) << written.dump(1);
}

TEST(RequestSpans, MakeEachAttemptAChildOfTheRequest) {
    const json request = json::parse(sample_export());
    const json& spans = spans_of(request);
    ASSERT_EQ(spans.size(), 3U);
    EXPECT_EQ(spans[0]["parentSpanId"], "b7ad6b7169203331");
    for (const std::size_t attempt : {1U, 2U}) {
        EXPECT_EQ(spans[attempt]["traceId"], spans[0]["traceId"]);
        EXPECT_EQ(spans[attempt]["parentSpanId"], spans[0]["spanId"]);
        EXPECT_EQ(spans[attempt]["kind"], 3);
    }
}

TEST(RequestSpans, SayThatTheCallerIsElsewhere) {
    const json request = json::parse(sample_export());
    EXPECT_EQ(spans_of(request)[0]["flags"], 0x301);
    EXPECT_EQ(spans_of(request)[1]["flags"], 0x101);
}

TEST(RequestSpans, OfATraceThatBeginsHereHaveNoParent) {
    RequestSpan request = sample_request();
    request.parent = {};
    request.tracestate = {};
    TextBuffer out;
    write_request_spans(DecisionRecord(), request, AskedFor(), {}, out);
    const json span = json::parse(out.view());
    EXPECT_FALSE(span.contains("parentSpanId"));
    EXPECT_FALSE(span.contains("traceState"));
    EXPECT_EQ(span["flags"], 0x101);
}

TEST(RequestSpans, LeaveTheCallersWishesOutOfWhatJudgesAreAsked) {
    const json request = json::parse(sample_export());
    EXPECT_EQ(attribute_of(spans_of(request)[1], "gen_ai.request.temperature")["doubleValue"], 0.2);
    EXPECT_TRUE(attribute_of(spans_of(request)[2], "gen_ai.request.temperature").is_null());
}

TEST(RequestSpans, AreNamedShortWhereNobodyServesWhatWasAsked) {
    RequestSpan request = sample_request();
    request.method = "HTTP";
    request.route = {};
    TextBuffer out;
    write_request_spans(DecisionRecord(), request, AskedFor(), {}, out);
    const json span = json::parse(out.view());
    EXPECT_EQ(span["name"], "HTTP");
    EXPECT_EQ(attribute_of(span, "http.request.method")["stringValue"], "_OTHER");
}

TEST(RequestSpans, FailOnlyWhereTheyAreTold) {
    RequestSpan request = sample_request();
    request.failed = true;
    TextBuffer out;
    write_request_spans(DecisionRecord(), request, AskedFor(), {}, out);
    EXPECT_EQ(json::parse(out.view())["status"]["code"], 2);
    EXPECT_FALSE(spans_of(json::parse(sample_export()))[0].contains("status"));
}

TEST(OtlpFrame, LetsTheOperatorNameTheInstance) {
    const std::vector<std::pair<std::string, std::string>> resource{{"service.instance.id", "mine"}};
    const OtlpFrame frame = otlp_frame("tierway", "1", "ours", resource);
    EXPECT_NE(frame.before.find("mine"), std::string::npos);
    EXPECT_EQ(frame.before.find("ours"), std::string::npos);
    EXPECT_TRUE(json::accept(frame.before + std::string(frame.behind)));
}

}  // namespace
}  // namespace tierway::telemetry
