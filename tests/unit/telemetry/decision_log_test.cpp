#include "tierway/telemetry/decision_log.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tierway::telemetry {
namespace {

TEST(DecisionLog, ShowsTheNewestOfAllWorkersFirst) {
    DecisionLog log("off", 10, 2);
    log.add(0, "1");
    log.add(1, "2");
    log.add(0, "3");
    EXPECT_EQ(log.newest(2), (std::vector<std::string>{"3", "2"}));
    EXPECT_EQ(log.newest(100).size(), 3U);
}

TEST(DecisionLog, KeepsNoMoreThanItWasTold) {
    DecisionLog log("off", 3, 1);
    for (int i = 0; i < 10; ++i) {
        log.add(0, std::to_string(i));
    }
    EXPECT_EQ(log.newest(100), (std::vector<std::string>{"9", "8", "7"}));
}

TEST(DecisionLog, KeepsNothingWhenToldSo) {
    DecisionLog log("off", 0, 1);
    log.add(0, "1");
    EXPECT_TRUE(log.newest(100).empty());
}

}  // namespace
}  // namespace tierway::telemetry
