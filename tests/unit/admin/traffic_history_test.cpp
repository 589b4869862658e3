#include "admin/traffic_history.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace tierway::admin {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const WallTime kStart{seconds(1'800'000'000)};
const Series kSmall{Counter::Requests, {"chat", "small", "ok"}};
const Series kFrontier{Counter::Requests, {"chat", "frontier", "ok"}};
const Series kCost{Counter::Cost, {"chat", "small", "answer"}};
const Series kBaseline{Counter::Baseline, {"chat"}};

TEST(TrafficHistory, KeepsTheDifferencesOfWhatCountersSay) {
    TrafficHistory history;
    history.add(kStart, {{kSmall, 5.0}});
    history.add(kStart + seconds(20), {{kSmall, 8.0}, {kFrontier, 1.0}});
    EXPECT_EQ(history.since_start(), (Counts{{kSmall, 8.0}, {kFrontier, 1.0}}));
    EXPECT_EQ(history.within(seconds(900), kStart + seconds(25)), (Counts{{kSmall, 8.0}, {kFrontier, 1.0}}));
    EXPECT_EQ(history.within(seconds(10), kStart + seconds(25)), (Counts{{kSmall, 3.0}, {kFrontier, 1.0}}));
}

TEST(TrafficHistory, ForgetsWhatIsOlderThanTheWindow) {
    TrafficHistory history;
    history.add(kStart, {{kSmall, 5.0}});
    history.add(kStart + seconds(1'000), {{kSmall, 7.0}});
    EXPECT_EQ(history.within(seconds(900), kStart + seconds(1'000)), (Counts{{kSmall, 2.0}}));
    EXPECT_EQ(history.within(seconds(3'600), kStart + seconds(1'000)), (Counts{{kSmall, 7.0}}));
    EXPECT_TRUE(history.within(seconds(900), kStart + hours(3)).empty());
}

TEST(TrafficHistory, SeesADayInCoarserSteps) {
    TrafficHistory history;
    for (int minute = 0; minute <= 30 * 60; ++minute) {
        history.add(kStart + std::chrono::minutes(minute), {{kSmall, static_cast<double>(minute)}});
    }
    const WallTime now = kStart + hours(30);
    EXPECT_NEAR(history.within(hours(24), now).at(kSmall), 24.0 * 60.0, 5.0);
    EXPECT_NEAR(history.within(hours(6), now).at(kSmall), 6.0 * 60.0, 5.0);
    EXPECT_NEAR(history.within(hours(1), now).at(kSmall), 60.0, 1.0);
    EXPECT_LE(history.points(hours(24), now).size(), 289U);
    EXPECT_LE(history.points(hours(1), now).size(), 361U);
}

TEST(TrafficHistory, ShowsStepsWithoutTrafficToo) {
    TrafficHistory history;
    history.add(kStart, {{kSmall, 1.0}, {kCost, 0.25}, {kBaseline, 1.0}});
    history.add(kStart + seconds(30), {{kSmall, 4.0}, {kCost, 0.75}, {kBaseline, 3.0}});
    const auto points = history.points(seconds(900), kStart + seconds(30));
    ASSERT_EQ(points.size(), 4U);
    EXPECT_EQ(points[0].from, kStart);
    EXPECT_DOUBLE_EQ(points[0].cost_usd, 0.25);
    EXPECT_TRUE(points[1].requests_by_tier.empty());
    EXPECT_DOUBLE_EQ(points[3].cost_usd, 0.5);
    EXPECT_DOUBLE_EQ(points[3].baseline_usd, 2.0);
    EXPECT_DOUBLE_EQ(points[3].requests_by_tier.at("small"), 3.0);
}

TEST(TrafficHistory, HasNoPointsBeforeItBegan) {
    EXPECT_TRUE(TrafficHistory().points(seconds(900), kStart).empty());
}

TEST(TrafficHistory, SurvivesAClockThatJumps) {
    TrafficHistory history;
    history.add(kStart, {{kSmall, 1.0}});
    history.add(kStart - hours(5), {{kSmall, 3.0}});
    history.add(kStart + hours(100), {{kSmall, 6.0}});
    EXPECT_DOUBLE_EQ(history.within(seconds(900), kStart + hours(100)).at(kSmall), 3.0);
    EXPECT_LE(history.points(hours(24), kStart + hours(100)).size(), 289U);
}

TEST(TrafficHistory, SumsUpSeriesThatThereIsNoRoomFor) {
    TrafficHistory history;
    Counts counts;
    const std::size_t many = TrafficHistory::kSeriesMax + 500;
    for (std::size_t i = 0; i < many; ++i) {
        counts[{Counter::Requests, {std::to_string(i), "small", "ok"}}] = 1.0;
    }
    history.add(kStart, counts);
    const Counts seen = history.within(seconds(900), kStart);
    EXPECT_EQ(seen.size(), TrafficHistory::kSeriesMax + 1);
    EXPECT_DOUBLE_EQ(seen.at({Counter::Requests, {"other", "other", "other"}}), 500.0);
    const double sum = std::accumulate(seen.begin(), seen.end(), 0.0, [](double all, const auto& one) { return all + one.second; });
    EXPECT_DOUBLE_EQ(sum, static_cast<double>(many));
}

}  // namespace
}  // namespace tierway::admin
