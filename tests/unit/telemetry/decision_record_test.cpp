#include "tierway/telemetry/decision_record.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace tierway::telemetry {
namespace {

using nlohmann::json;

DecisionRecord sample() {
    DecisionRecord record;
    record.time = WallTime(std::chrono::milliseconds(1'700'000'000'123));
    record.request_id = "req_1";
    record.path = "/v1/chat/completions";
    record.asked_model = "auto\"\n";
    record.request_class = "math";
    record.class_confidence = 1.0;
    record.confidence = 0.25;
    record.escalation = "approved";
    record.escalation_reason = "low_confidence";
    record.attempts.push_back({"a/b", "small", "draft", "provider", 10, 20, 3, 0, 0, "flex", Usd::from_nano(5), ""});
    record.principal = "agent";
    record.team = "shop";
    record.climbs.push_back({"small", "mid", "client_wish", "denied", "key_ceiling", Usd::from_nano(7)});
    record.climbs.push_back({"small", "frontier", "low_confidence", "approved", "low_confidence", Usd()});
    record.cost = Usd::from_nano(1'234'567);
    record.status = 200;
    record.outcome = "ok";
    return record;
}

std::string json_line(const DecisionRecord& record) {
    TextBuffer out;
    write_json_line(record, out);
    return out.to_string();
}

TEST(DecisionRecord, IsOneLineOfValidJson) {
    const std::string line = json_line(sample());
    EXPECT_EQ(line.find('\n'), std::string::npos);
    const json read = json::parse(line);
    EXPECT_EQ(read["time"], "2023-11-14T22:13:20.123Z");
    EXPECT_EQ(read["asked_model"], "auto\"\n");
    EXPECT_EQ(read["attempts"][0]["cached_tokens"], 3);
    EXPECT_EQ(read["attempts"][0]["service_tier"], "flex");
    EXPECT_DOUBLE_EQ(read["cost_usd"].get<double>(), 0.001234567);
    EXPECT_EQ(read["escalation_reason"], "low_confidence");
    EXPECT_EQ(read["principal"], "agent");
    EXPECT_EQ(read["team"], "shop");
}

TEST(DecisionRecord, NamesTheTraceWhereThereIsOne) {
    DecisionRecord record = sample();
    EXPECT_FALSE(json::parse(json_line(record)).contains("trace_id"));
    record.trace_id = "0af7651916cd43dd8448eb211c80319c";
    EXPECT_EQ(json::parse(json_line(record))["trace_id"], "0af7651916cd43dd8448eb211c80319c");
}

TEST(DecisionRecord, ListsEveryClimbThatWasAsked) {
    const json read = json::parse(json_line(sample()));
    ASSERT_EQ(read["climbs"].size(), 2U);
    EXPECT_EQ(read["climbs"][0], json::parse(R"({"from":"small","to":"mid","why":"client_wish","verdict":"denied",)"
                                             R"("reason":"key_ceiling","estimate_usd":0.000000007})"));
    EXPECT_EQ(read["climbs"][1]["verdict"], "approved");
}

TEST(DecisionRecord, TellsWhatTheGateDid) {
    DecisionRecord record;
    record.gate = "downgraded";
    record.cost_ceiling = Usd::from_nano(500'000'000);
    record.gate_from = "frontier";
    record.gate_estimate = Usd::from_nano(700'000'000);
    record.attempts_declined = 1;
    const json read = json::parse(json_line(record));
    EXPECT_EQ(read["gate"], "downgraded");
    EXPECT_EQ(read["cost_ceiling_usd"], 0.5);
    EXPECT_EQ(read["gate_from"], "frontier");
    EXPECT_EQ(read["gate_estimate_usd"], 0.7);
    EXPECT_EQ(read["attempts_declined"], 1);
}

TEST(DecisionRecord, TellsTheFeaturesThatAreThere) {
    DecisionRecord record;
    record.features = FeaturesRecord{};
    record.features->ask_bytes = 12;
    record.features->prompt_tokens = 5;
    record.features->turns = 1;
    EXPECT_EQ(json::parse(json_line(record))["features"], json::parse(R"({"ask_bytes":12,"prompt_tokens":5,"turns":1})"));
    record.features->tools = 2;
    record.features->has_image = true;
    record.features->json_schema = true;
    record.features->language = "latin";
    record.features->code_share = 0.25;
    EXPECT_EQ(json::parse(json_line(record))["features"],
              json::parse(R"({"ask_bytes":12,"prompt_tokens":5,"turns":1,"tools":2,"has_image":true,"json_schema":true,)"
                          R"("language":"latin","code_share":0.25,"digit_share":0.0})"));
}

TEST(DecisionRecord, SaysThatAnAnswerWasSimulatedOnlyWhenItWas) {
    DecisionRecord record;
    EXPECT_FALSE(json::parse(json_line(record)).contains("simulated"));
    record.simulated = true;
    EXPECT_EQ(json::parse(json_line(record))["simulated"], true);
}

TEST(DecisionRecord, WritesMoneyWithoutRounding) {
    const std::string line = json_line(sample());
    EXPECT_NE(line.find("\"cost_usd\":0.001234567"), std::string::npos);
    EXPECT_NE(line.find("\"cost_usd\":0.000000005"), std::string::npos);
}

TEST(DecisionRecord, LeavesOutWhatIsNotKnown) {
    DecisionRecord record;
    record.outcome = "client_error";
    const json read = json::parse(json_line(record));
    EXPECT_FALSE(read.contains("class"));
    EXPECT_FALSE(read.contains("confidence"));
    EXPECT_FALSE(read.contains("time_to_first_token_ms"));
    EXPECT_FALSE(read.contains("attempts"));
    EXPECT_FALSE(read.contains("principal"));
    EXPECT_FALSE(read.contains("climbs"));
    EXPECT_FALSE(read.contains("features"));
    EXPECT_FALSE(read.contains("gate"));
    EXPECT_FALSE(read.contains("cost_ceiling_usd"));
}

}  // namespace
}  // namespace tierway::telemetry
