#include "tierway/net/drain.hpp"

#include <gtest/gtest.h>

namespace tierway::net {
namespace {

constexpr SteadyTime kBegan{std::chrono::hours(1)};

SteadyTime after(int milliseconds) {
    return kBegan + Milliseconds(milliseconds);
}

TEST(DrainSchedule, ReachesItsPhasesInOrder) {
    const DrainSchedule schedule(kBegan, Milliseconds(5'000), Milliseconds(120'000));
    EXPECT_EQ(schedule.phase(after(0)), ServerPhase::Announced);
    EXPECT_EQ(schedule.phase(after(4'999)), ServerPhase::Announced);
    EXPECT_EQ(schedule.phase(after(5'000)), ServerPhase::Closed);
    EXPECT_EQ(schedule.phase(after(119'999)), ServerPhase::Closed);
    EXPECT_EQ(schedule.phase(after(120'000)), ServerPhase::Ending);
    EXPECT_EQ(schedule.phase(after(1'000'000)), ServerPhase::Ending);
}

TEST(DrainSchedule, AcceptsAtOnceNoMoreWithoutADelay) {
    const DrainSchedule schedule(kBegan, Milliseconds(0), Milliseconds(1'000));
    EXPECT_EQ(schedule.phase(after(0)), ServerPhase::Closed);
}

TEST(DrainSchedule, NeverEndsRequestsWhileItStillAcceptsThem) {
    const DrainSchedule schedule(kBegan, Milliseconds(5'000), Milliseconds(300));
    EXPECT_EQ(schedule.phase(after(4'999)), ServerPhase::Announced);
    EXPECT_EQ(schedule.phase(after(5'000)), ServerPhase::Ending);
}

TEST(DrainSchedule, KeepsTheDelayEvenWhenNothingIsOpen) {
    const DrainSchedule schedule(kBegan, Milliseconds(5'000), Milliseconds(120'000));
    EXPECT_FALSE(schedule.over(after(4'999), 0));
    EXPECT_FALSE(schedule.over(after(5'000), 0)) << "what the system had queued is not counted yet";
    EXPECT_TRUE(schedule.over(after(5'100), 0));
}

TEST(DrainSchedule, WaitsForLiveConnectionsAndTheirLastWordsButNoLonger) {
    const DrainSchedule schedule(kBegan, Milliseconds(5'000), Milliseconds(120'000));
    EXPECT_FALSE(schedule.over(after(119'999), 1));
    EXPECT_FALSE(schedule.over(after(121'899), 1));
    EXPECT_TRUE(schedule.over(after(121'900), 1));
    EXPECT_LE(DrainSchedule::kLastWords, Milliseconds(2'000)) << "RELIABILITY.md section 8, row 32: grace and 2 s";
}

TEST(ServerShuttingDown, AsksToBeTriedAgain) {
    EXPECT_EQ(server_shutting_down().kind(), ErrorKind::Overloaded);
    EXPECT_EQ(server_shutting_down().code(), "server_shutting_down");
}

}  // namespace
}  // namespace tierway::net
