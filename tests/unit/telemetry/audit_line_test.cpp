#include "tierway/telemetry/audit_line.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>

namespace tierway::telemetry {
namespace {

TEST(AuditLine, SaysWhoAskedForWhichClimbAndWhatTheApproverSaid) {
    DecisionRecord record;
    record.time = WallTime(std::chrono::milliseconds(1'700'000'000'123));
    record.request_id = "r1";
    record.principal = "agent\n\"x\"";
    record.team = "shop";
    record.request_class = "math";
    record.policy = "abc";
    record.climbs.push_back({"small", "mid", "client_wish", "denied", "key_ceiling", Usd::from_nano(7)});
    record.climbs.push_back({"small", "frontier", "low_confidence", "approved", "low_confidence", Usd()});
    TextBuffer out;
    write_audit_line(record, 0, out);
    const std::string line = out.to_string();
    EXPECT_EQ(line.find('\n'), std::string::npos);
    const auto read = nlohmann::json::parse(line);
    EXPECT_EQ(read, (nlohmann::json{{"time", "2023-11-14T22:13:20.123Z"},
                                    {"audit", "climb"},
                                    {"request_id", "r1"},
                                    {"principal", "agent\n\"x\""},
                                    {"team", "shop"},
                                    {"class", "math"},
                                    {"from", "small"},
                                    {"to", "mid"},
                                    {"why", "client_wish"},
                                    {"verdict", "denied"},
                                    {"reason", "key_ceiling"},
                                    {"estimate_usd", 7e-9},
                                    {"policy", "abc"}}));
    out.clear();
    write_audit_line(record, 1, out);
    EXPECT_EQ(nlohmann::json::parse(out.to_string())["to"], "frontier");
}

}  // namespace
}  // namespace tierway::telemetry
