#include "admin/traffic_figures.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace tierway::admin {
namespace {

TEST(TrafficFigures, AddUpByClassTierAndKind) {
    const Counts counts{{{Counter::Requests, {"chat", "small", "ok"}}, 3.0},
                        {{Counter::Requests, {"chat", "frontier", "ok"}}, 1.0},
                        {{Counter::Requests, {"math", "none", "upstream_error"}}, 2.0},
                        {{Counter::Cost, {"chat", "small", "answer"}}, 0.1},
                        {{Counter::Cost, {"chat", "small", "draft"}}, 0.2},
                        {{Counter::Baseline, {"chat"}}, 1.0},
                        {{Counter::Refused, {"invalid_json"}}, 4.0}};
    const nlohmann::ordered_json figures = figures_of(counts);
    EXPECT_EQ(figures["requests"], 6);
    EXPECT_EQ(figures["outcomes"], nlohmann::ordered_json::parse(R"({"ok":4,"upstream_error":2})"));
    EXPECT_EQ(figures["refused"]["invalid_json"], 4);
    EXPECT_EQ(figures["cost_usd"].dump(), "0.3") << "0.1 + 0.2 without the noise of binary fractions";
    EXPECT_EQ(figures["saved_usd"].dump(), "0.7");
    EXPECT_EQ(figures["cost_by_kind"]["draft"], 0.2);
    ASSERT_EQ(figures["classes"].size(), 2U);
    EXPECT_EQ(figures["classes"][0]["class"], "chat");
    EXPECT_EQ(figures["classes"][0]["requests"], 4);
    EXPECT_EQ(figures["classes"][0]["tiers"]["frontier"], 1);
    EXPECT_EQ(figures["classes"][1]["tiers"]["none"], 2);
}

TEST(TrafficFigures, CountAsEscalatedOnlyWhatWasApproved) {
    const nlohmann::ordered_json figures =
        figures_of({{{Counter::Escalations, {"chat", "small", "frontier", "low_confidence", "approved"}}, 2.0},
                    {{Counter::Escalations, {"chat", "small", "frontier", "key_ceiling", "denied"}}, 5.0}});
    EXPECT_EQ(figures["escalated"], 2);
    EXPECT_EQ(figures["escalations"].size(), 2U);
    EXPECT_EQ(figures["escalations"][1]["reason"], "low_confidence");
}

TEST(TrafficFigures, OfNothingAreZeroAndNotMissing) {
    const nlohmann::ordered_json figures = figures_of({});
    EXPECT_EQ(figures["requests"], 0);
    EXPECT_EQ(figures["saved_usd"], 0.0);
    EXPECT_TRUE(figures["classes"].is_array());
    EXPECT_TRUE(figures["outcomes"].is_object());
}

TEST(TrafficFigures, AdmitThatMoreWasSpentThanTheFrontierWouldCost) {
    const nlohmann::ordered_json figures =
        figures_of({{{Counter::Cost, {"chat", "small", "answer"}}, 2.0}, {{Counter::Baseline, {"chat"}}, 1.5}});
    EXPECT_EQ(figures["saved_usd"], -0.5);
}

}  // namespace
}  // namespace tierway::admin
