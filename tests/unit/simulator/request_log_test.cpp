#include "simulator/request_log.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "simulator/status_fault.hpp"

namespace tierway::simulator {
namespace {

using nlohmann::json;

TEST(RequestLog, ShowsWhatWasReceivedNewestFirst) {
    RequestLog log({"sim-small"});
    wire::HttpFields fields;
    fields.add("Content-Type", "application/json");
    fields.add("X-A", "1");
    fields.add("X-A", "2");
    log.add("POST", "/v1/chat/completions?x=1", fields, "{ \"a\" : 1 }");
    log.add("GET", "/v1/models", wire::HttpFields(), "");
    const json shown = json::parse(log.requests_json(5));
    ASSERT_EQ(shown["requests"].size(), 2U);
    EXPECT_EQ(shown["requests"][0]["method"], "GET");
    const json& first = shown["requests"][1];
    EXPECT_EQ(first["path"], "/v1/chat/completions?x=1");
    EXPECT_EQ(first["headers"], json::parse(R"([["Content-Type","application/json"],["X-A","1"],["X-A","2"]])"));
    EXPECT_EQ(first["body"], "{ \"a\" : 1 }");
    EXPECT_EQ(first["body_cut"], false);
    EXPECT_EQ(json::parse(log.requests_json(1))["requests"].size(), 1U);
}

TEST(RequestLog, IsBounded) {
    RequestLog log({"sim-small"});
    const std::string large(RequestLog::kBodyBytesMax + 1, 'x');
    log.add("POST", "/large", wire::HttpFields(), large);
    json shown = json::parse(log.requests_json(1));
    EXPECT_EQ(shown["requests"][0]["body_cut"], true);
    EXPECT_EQ(shown["requests"][0]["body_bytes"], large.size());
    EXPECT_EQ(shown["requests"][0]["body"].get<std::string>().size(), RequestLog::kBodyBytesMax);
    for (int i = 0; i < 100; ++i) {
        log.add("GET", "/" + std::to_string(i), wire::HttpFields(), "");
    }
    shown = json::parse(log.requests_json(1000));
    ASSERT_EQ(shown["requests"].size(), RequestLog::kRequestsMax);
    EXPECT_EQ(shown["requests"][0]["path"], "/99");
}

TEST(RequestLog, AddsUpWhatWasBilled) {
    RequestLog log({"sim-small", "sim-mid"});
    Usage first;
    first.prompt_tokens = 10;
    first.completion_tokens = 1;
    Usage second = first;
    second.completion_tokens = 5;
    second.cached_tokens = 3;
    log.count_request("sim-small");
    log.count_request("nobody");
    log.bill("sim-small", Usage(), first);
    log.bill("sim-small", first, second);
    log.bill("nobody", Usage(), first);
    const json stats = json::parse(log.stats_json());
    EXPECT_EQ(stats["simulated"], true);
    EXPECT_EQ(stats["models"]["sim-small"],
              json::parse(R"({"requests":1,"prompt_tokens":10,"completion_tokens":5,"cached_tokens":3,"reasoning_tokens":0})"));
    EXPECT_EQ(stats["models"]["sim-mid"]["requests"], 0);
}

TEST(StatusFault, SpeaksTheProvidersEnvelope) {
    const json limited = json::parse(refusal_body(429, ""))["error"];
    EXPECT_EQ(limited["type"], "requests");
    EXPECT_EQ(limited["code"], "rate_limit_exceeded");
    EXPECT_TRUE(limited["param"].is_null());
    const json exhausted = json::parse(refusal_body(429, "insufficient_quota"))["error"];
    EXPECT_EQ(exhausted["type"], "insufficient_quota");
    EXPECT_EQ(exhausted["code"], "insufficient_quota");
    EXPECT_TRUE(json::parse(refusal_body(500, ""))["error"]["code"].is_null());
    EXPECT_EQ(json::parse(refusal_body(400, "context_length_exceeded"))["error"]["code"], "context_length_exceeded");
    EXPECT_EQ(json::parse(refusal_body(418, ""))["error"]["type"], "invalid_request_error");
}

TEST(DemoProfiles, RiseInSkillAndFallInPace) {
    const auto& profiles = demo_profiles();
    ASSERT_EQ(profiles.size(), 3U);
    EXPECT_EQ(profiles[0].name, "sim-small");
    EXPECT_EQ(profiles[1].name, "sim-mid");
    EXPECT_EQ(profiles[2].name, "sim-frontier");
    for (const char* kind : {"math", "reasoning", "code"}) {
        EXPECT_LT(profiles[0].skill.at(kind), profiles[1].skill.at(kind));
        EXPECT_LT(profiles[1].skill.at(kind), profiles[2].skill.at(kind));
    }
    EXPECT_GT(profiles[0].tokens_per_second, profiles[2].tokens_per_second);
}

}  // namespace
}  // namespace tierway::simulator
