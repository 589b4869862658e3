#include "tierway/telemetry/decision_log.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace tierway::telemetry {
namespace {

using Lines = std::vector<std::string>;

Lines newest(const DecisionLog& log, std::size_t count, const DecisionRange& range = {}) {
    Lines lines;
    log.visit(range, [&](KeptDecision&& kept) {
        if (lines.size() < count) {
            lines.push_back(std::move(kept.line));
        }
        return lines.size() < count;
    });
    return lines;
}

TEST(DecisionLog, ShowsTheNewestOfAllWorkersFirst) {
    DecisionLog log("off", 10, 2);
    log.add(0, "1");
    log.add(1, "2");
    log.add(0, "3");
    EXPECT_EQ(newest(log, 2), (Lines{"3", "2"}));
    EXPECT_EQ(newest(log, 100).size(), 3U);
}

TEST(DecisionLog, KeepsNoMoreThanItWasTold) {
    DecisionLog log("off", 3, 1);
    for (int i = 0; i < 10; ++i) {
        log.add(0, std::to_string(i));
    }
    EXPECT_EQ(newest(log, 100), (Lines{"9", "8", "7"}));
}

TEST(DecisionLog, KeepsNoMoreOfAllWorkersThanItWasTold) {
    DecisionLog log("off", 3, 2);
    for (std::size_t i = 0; i < 10; ++i) {
        log.add(i % 2, std::to_string(i));
    }
    EXPECT_EQ(newest(log, 100), (Lines{"9", "8", "7"}));
}

TEST(DecisionLog, KeepsNothingWhenToldSo) {
    DecisionLog log("off", 0, 1);
    log.add(0, "1");
    EXPECT_TRUE(newest(log, 100).empty());
}

TEST(DecisionLog, ShowsARangeBetweenTwoRecords) {
    DecisionLog log("off", 500, 3);
    for (std::size_t i = 1; i <= 400; ++i) {
        log.add(i % 3, std::to_string(i));
    }
    EXPECT_EQ(newest(log, 2, {.before = 100}), (Lines{"99", "98"}));
    EXPECT_EQ(newest(log, 100, {.after = 397}), (Lines{"400", "399", "398"}));
    EXPECT_EQ(newest(log, 100, {.after = 10, .before = 13}), (Lines{"12", "11"}));
    EXPECT_TRUE(newest(log, 100, {.after = 400}).empty());
    EXPECT_TRUE(newest(log, 100, {.before = 1}).empty());
}

TEST(DecisionLog, PagesThroughAFullRingWithoutLossOrRepetition) {
    DecisionLog log("off", 1'000, 2);
    for (std::size_t i = 1; i <= 3'210; ++i) {
        log.add(i % 2, std::to_string(i));
    }
    DecisionRange range;
    Lines seen;
    while (true) {
        Lines page = newest(log, 70, range);
        if (page.empty()) {
            break;
        }
        range.before = std::stoull(page.back());
        seen.insert(seen.end(), page.begin(), page.end());
    }
    ASSERT_EQ(seen.size(), 1'000U);
    for (std::size_t i = 0; i < 1'000; ++i) {
        EXPECT_EQ(seen[i], std::to_string(3'210 - i));
    }
}

TEST(DecisionLog, IsReadWhileItIsWritten) {
    DecisionLog log("off", 100, 2);
    std::vector<std::jthread> writers;
    for (std::size_t worker = 0; worker < 2; ++worker) {
        writers.emplace_back([&log, worker] {
            for (int i = 0; i < 5'000; ++i) {
                log.add(worker, "line");
            }
        });
    }
    for (int round = 0; round < 50; ++round) {
        std::uint64_t last = ~std::uint64_t{0};
        log.visit({}, [&](KeptDecision&& kept) {
            EXPECT_LT(kept.sequence, last);
            EXPECT_EQ(kept.line, "line");
            last = kept.sequence;
            return true;
        });
    }
}

}  // namespace
}  // namespace tierway::telemetry
